"""What a device tells of itself, as the API answers it and its page shows it."""

from msgspec import Struct

from ingest_server.fleet.throttling import Throttling
from ingest_server.fleet.told import DeviceChange, Link, SensorTold
from ingest_server.fleet.told_hours import ToldDay, ToldHour
from ingest_server.fleet.trouble import Trouble
from ingest_server.store.fleet import FleetDevice
from visit_record.health import Health


class Telling(Struct, frozen=True):
    """How a device fares by its own word, which nobody signed: no evidence of anything.

    ``heard_at_ms`` is when its latest ``health`` came, both ``None`` where only its link was told; ``clock_ahead_ms``
    how far its clock was ahead of the server's then, the way included. ``link`` is what it or its last will said of
    its connection, ``throttling`` the bits of ``health.machine.throttled``, ``None`` where the machine cannot tell.
    ``lately`` is wrong by its word, and not out of order, as it has not lasted. Of both there is nothing while it is
    revoked: nothing is heard of it then.
    """

    heard_at_ms: int | None
    clock_ahead_ms: int | None
    link: Link | None
    link_since_ms: int | None
    health: Health | None
    throttling: tuple[Throttling, ...] | None
    sensors: tuple[SensorTold, ...]
    troubles: tuple[Trouble, ...]
    lately: tuple[Trouble, ...]


class DeviceAnswer(Struct, frozen=True):
    """A device as it is enrolled, and what it tells of itself; ``told`` is ``None`` where it told nothing yet.

    ``days`` are the last 90 local days with a word of it, the newest first, ``changes`` its latest. That nothing is
    heard of a device is no finding about anybody.
    """

    device: FleetDevice
    told: Telling | None
    today: str
    days: tuple[ToldDay, ...]
    changes: tuple[DeviceChange, ...]


class HoursAnswer(Struct, frozen=True):
    """A page of the hours that a device told of itself in, newest first; ``next_cursor`` is ``null`` on the last."""

    hours: tuple[ToldHour, ...]
    next_cursor: int | None
