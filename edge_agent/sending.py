"""Sends what waits for as long as the program runs; a broker that is away is no reason to stop."""

from collections.abc import Callable
from threading import Event

import structlog

from edge_agent.errors import UplinkError
from edge_agent.outbox import Outbox
from edge_agent.uplink import Uplink

PAUSE_S = 2.0


def send_until(ended: Event, uplink: Uplink, outbox: Outbox, drain_s: float, tell: Callable[[], None]) -> None:
    """Send until told to end; ``tell`` is called whenever fewer records wait. Runs in a thread of its own.

    Raises:
        OutboxError: the outbox cannot be read or written.
    """
    while not ended.is_set():
        waiting = outbox.count()
        if waiting and _left(uplink, drain_s, waiting) < waiting:
            tell()
        ended.wait(PAUSE_S)


def _left(uplink: Uplink, drain_s: float, waiting: int) -> int:
    try:
        return uplink.drain(drain_s)
    except UplinkError as error:
        structlog.get_logger().warning("records_wait", waiting=waiting, reason=str(error))
        return waiting
