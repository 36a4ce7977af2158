"""The way to the broker: of records, and of the device's own word."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import structlog

from edge_agent.carrier import Carrier
from edge_agent.errors import UplinkError
from edge_agent.every import Every
from edge_agent.health import HealthCheck
from edge_agent.identity import SERVER_KEY_FILE, Identity
from edge_agent.outbox import Outbox
from edge_agent.settings import Settings
from edge_agent.uplink import Uplink
from visit_record.health import write_health


def build_uplink(
    settings: Settings, identity: Identity, outbox: Outbox, received: Callable[[], None] = lambda: None
) -> Uplink:
    """The way to the broker of the settings; ``received`` is called when receipts came.

    Raises:
        UplinkError: no broker is set, or its address is wrong.
    """
    if settings.broker is None:
        raise UplinkError("no broker is set; add [broker] to the settings", "没有设置消息代理；请在设置中加入 [broker]")
    return Uplink(settings.broker.url, identity, outbox, received=received)


def carrying(
    settings: Settings,
    identity: Identity,
    outbox: Outbox,
    check: HealthCheck,
    received: Callable[[], None] = lambda: None,
) -> AbstractContextManager[Carrier | None]:
    """Sends records and health while it is entered, if a broker is set; what is wrong with it holds up no visit.

    Without the server's key health alone: whoever enrols the device sees then that it lives.
    """
    if settings.broker is None:
        return nullcontext()
    if identity.server_key is None:
        damage = identity.damaged.get(SERVER_KEY_FILE)
        reason = str(damage) if damage else "no server key is pinned; finish the enrolment"
        structlog.get_logger().error("no_record_is_carried", reason=reason)
    try:
        uplink = build_uplink(settings, identity, outbox, received)
    except UplinkError as error:
        structlog.get_logger().error("nothing_is_carried", reason=str(error))
        return nullcontext()
    health = Every(settings.broker.health_every_s, lambda: uplink.publish_health(write_health(check())))
    return Carrier(uplink, health)
