"""What a device tells of itself, put together for a page or a program."""

from datetime import timedelta
from typing import Final

from ingest_server.fleet.listening import Listening
from ingest_server.fleet.throttling import throttling
from ingest_server.fleet.told import Told, lately, troubles_told
from ingest_server.fleet.told_hours import ToldHour, days_of
from ingest_server.local_days import HOUR_MS, day_of
from ingest_server.store.fleet import FleetDevice, find_device
from ingest_server.store.listening import find_listening
from ingest_server.store.scope import Scope
from ingest_server.store.told import KEPT_MS
from ingest_server.store.told_of import changes_of, hours_of, told_of
from ingest_server.vocabulary import DeviceState
from ingest_server.web.errors import NotFoundError
from ingest_server.web.parts import Parts
from ingest_server.web.told_answer import DeviceAnswer, HoursAnswer, Telling

DAYS_SHOWN: Final = 90
CHANGES_SHOWN: Final = 50
_HOURS: Final = KEPT_MS // HOUR_MS
# Of a server whose clock was put back, hours may be ahead.
_NO_END_MS: Final = 2**53


def device_answer(parts: Parts, scope: Scope, name: str) -> DeviceAnswer:
    """A device, and what it tells of itself.

    Raises:
        NotFoundError: there is no such device to see.
    """
    now_ms = parts.now_ms()
    today = day_of(now_ms, parts.zone)
    first = (today - timedelta(days=DAYS_SHOWN - 1)).isoformat()
    with parts.database.reading() as connection:
        device = find_device(connection, scope, name)
        if device is None:
            raise NotFoundError
        told = told_of(connection, scope, name)
        ended = hours_of(connection, scope, name, _NO_END_MS, _HOURS)
        changes = changes_of(connection, scope, name, CHANGES_SHOWN)
        listening = find_listening(connection)
    days = tuple(day for day in days_of((*_open(told), *ended), parts.zone) if day.day >= first)
    telling = None if told is None else _telling(told, device, listening)
    return DeviceAnswer(device, telling, today.isoformat(), days, changes)


def hours_answer(parts: Parts, scope: Scope, name: str, before_ms: int | None, limit: int) -> HoursAnswer:
    """A page of a device's hours: that which is not over first.

    Raises:
        NotFoundError: there is no such device to see.
    """
    with parts.database.reading() as connection:
        if find_device(connection, scope, name) is None:
            raise NotFoundError
        begun = _open(told_of(connection, scope, name)) if before_ms is None else ()
        ended = hours_of(connection, scope, name, _NO_END_MS if before_ms is None else before_ms, limit + 1)
    hours = (*begun, *ended)
    return HoursAnswer(hours[:limit], hours[limit - 1].hour_ms if len(hours) > limit else None)


def _open(told: Told | None) -> tuple[ToldHour, ...]:
    return () if told is None or told.hour is None else (told.hour,)


def _telling(told: Told, device: FleetDevice, listening: Listening | None) -> Telling:
    health, heard_at_ms = told.health, told.heard_at_ms
    active = device.state is DeviceState.ACTIVE
    return Telling(
        heard_at_ms=heard_at_ms,
        clock_ahead_ms=None if health is None or heard_at_ms is None else health.at_ms - heard_at_ms,
        link=told.link,
        link_since_ms=told.link_since_ms,
        health=health,
        throttling=None if health is None else throttling(health.machine.throttled),
        sensors=told.sensors,
        # Of a revoked device nothing is heard any more, by the server's own doing.
        troubles=tuple(troubles_told(told, device.last_record_at_ms, listening)) if active else (),
        lately=tuple(lately(told)) if active else (),
    )
