"""Carries records and health to the broker while the program lives, in a thread of its own."""

import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import structlog

from edge_agent.crash_guard import said_of
from edge_agent.every import Every
from edge_agent.uplink import Uplink


@dataclass
class Carrier:
    """Owns an uplink from ``with`` to its end. No trouble on the way ends it: each is told, and tried again."""

    uplink: Uplink
    health: Every
    """Publishes the device's health through the uplink, when it is time."""
    pause_s: float = 1.0
    longest_pause_s: float = 60.0
    drain_s: float = 5.0
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._carry, name="carrier")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def carried(self) -> bool:
        """Send what waits, tell health if it is time; whether nothing stood in the way. The thread does, once begun."""
        try:
            self.uplink.drain(self.drain_s)
            self.health.look()
        except Exception as error:  # noqa: BLE001
            # Nobody would notice a thread that died, and records would wait until a restart.
            structlog.get_logger().warning("carrier_waits", reason=said_of(error))
            return False
        return True

    def _carry(self) -> None:
        pause_s = self.pause_s
        while not self._ended.is_set():
            pause_s = self.pause_s if self.carried() else min(2 * pause_s, self.longest_pause_s)
            self._ended.wait(pause_s)
        self.uplink.close()
