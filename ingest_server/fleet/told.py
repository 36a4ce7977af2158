"""What devices tell of themselves, unsigned: how each fares now, what changed, and what an hour came to. Pure.

No rule, verdict or sum reads any of it: whoever writes at the broker in a device's name could say it (decision 33).
Times are the server's own, of when it was told; a device's clock is one of the things that may be wrong.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ingest_server.fleet.listening import Listening
from ingest_server.fleet.told_amiss import LASTING_MS, failed, works, wrong
from ingest_server.fleet.told_hours import MOST_SENSORS, ToldHour, beginning, grown
from ingest_server.fleet.trouble import Fault, Trouble
from ingest_server.local_days import DAY_MS, HOUR_MS
from visit_record.health import Health

# From how many messages of one hour on a device is one that tells regularly, and is missed when it does not.
REGULAR: Final = 4
UNHEARD_AFTER_MS: Final = DAY_MS
# A clock that is set is put back by moments; what lies further ahead was told while this server's stood ahead.
AHEAD_MS: Final = HOUR_MS


class Link(StrEnum):
    """What a device, or its last will, says on the topic ``status``."""

    ONLINE = "online"
    OFFLINE = "offline"


class Changed(StrEnum):
    """What of a device changed."""

    LINK = "link"
    SOFTWARE = "software"
    SENSOR = "sensor"


class SensorTold(Struct, frozen=True):
    """A sensor as it was last told of: during a visit, or as it was at the end of the last one."""

    sensor: str
    state: str
    fault: str | None
    since_ms: int
    told_at_ms: int


class Amiss(Struct, frozen=True):
    """Something that a device tells to be wrong, and since when it has said so each time."""

    fault: Fault
    since_ms: int
    part: str | None = None


class Told(Struct, frozen=True):
    """All that a device told, as far as it is kept: ``None`` and nothing where it told nothing yet.

    ``regular`` is whether it ever told several times in an hour: one that is only switched on for a recorded visit is
    not missed. ``hour`` is not over.
    """

    heard_at_ms: int | None = None
    health: Health | None = None
    sensors: tuple[SensorTold, ...] = ()
    amiss: tuple[Amiss, ...] = ()
    hour: ToldHour | None = None
    regular: bool = False
    link: Link | None = None
    link_since_ms: int | None = None


class DeviceChange(Struct, frozen=True):
    """Something that is not as it was told before: ``name`` is a sensor's, ``value`` what it is now."""

    at_ms: int
    changed: Changed
    name: str
    value: str
    fault: str | None = None


class After(NamedTuple):
    """What is kept after a word, what changed by it, and the hour that ended with it."""

    told: Told
    changes: tuple[DeviceChange, ...] = ()
    ended: ToldHour | None = None


def after(before: Told, word: Health | Link, at_ms: int) -> After:
    """What is kept once a device has told something."""
    return _after_link(before, word, at_ms) if isinstance(word, Link) else _after_health(before, word, at_ms)


def troubles_told(told: Told, heard_at_ms: int | None, listening: Listening | None) -> Iterator[Trouble]:
    """What is out of order by a device's own word; ``heard_at_ms`` is when its latest record came."""
    if told.regular and listening is not None:
        # What could not be heard was not left unsaid, and nothing was heard at a moment that is still to come.
        heard_ms = (one for one in (told.heard_at_ms, heard_at_ms) if one and one <= listening.until_ms + AHEAD_MS)
        last_ms = max((listening.since_ms, *heard_ms))
        if listening.until_ms - last_ms > UNHEARD_AFTER_MS:
            yield Trouble(Fault.UNHEARD, last_ms + UNHEARD_AFTER_MS)
    yield from map(_trouble, lasting(told))


def lasting(told: Told) -> Iterator[Amiss]:
    """What a device tells to be wrong, and has told for long enough."""
    return (one for one in told.amiss if _has_lasted(told, one))


def lately(told: Told) -> Iterator[Trouble]:
    """What a device tells to be wrong, and has not told for long enough to be out of order by it."""
    return (_trouble(one) for one in told.amiss if not _has_lasted(told, one))


def _has_lasted(told: Told, one: Amiss) -> bool:
    return (told.heard_at_ms or 0) - one.since_ms >= LASTING_MS.get(one.fault, 0)


def _trouble(one: Amiss) -> Trouble:
    return Trouble(one.fault, one.since_ms, told=True, part=one.part)


def _after_link(before: Told, link: Link, at_ms: int) -> After:
    if link is before.link:
        return After(replace(before, link_since_ms=_since(before.link_since_ms, at_ms)))
    change = DeviceChange(at_ms, Changed.LINK, "", link)
    return After(replace(before, link=link, link_since_ms=at_ms), (change,))


def _after_health(before: Told, health: Health, at_ms: int) -> After:
    sensors = _sensors(before, health, at_ms)
    amiss = tuple(_amiss(before, health, sensors, at_ms))
    sick = tuple(sorted(one.sensor for one in health.sensors if not works(one.state, one.fault)))
    hour, ended = _hour(before.hour, at_ms)
    hour = grown(hour, health, sick)
    told = replace(
        before,
        heard_at_ms=at_ms,
        health=health,
        sensors=sensors,
        amiss=amiss,
        hour=hour,
        regular=before.regular or hour.heard >= REGULAR,
    )
    return After(told, tuple(_changes(before, told, at_ms)), ended)


def _hour(open_hour: ToldHour | None, at_ms: int) -> tuple[ToldHour, ToldHour | None]:
    """The hour that a moment is of, and the one that is over; a clock that was put back by moments begins none twice.

    Of an hour that lies further ahead nobody knows when it was: it is dropped.
    """
    begins_ms = at_ms - at_ms % HOUR_MS
    if open_hour is None or begins_ms > open_hour.hour_ms:
        return beginning(begins_ms), open_hour
    return (open_hour, None) if open_hour.hour_ms <= at_ms + AHEAD_MS else (beginning(begins_ms), None)


def _since(since_ms: int | None, at_ms: int) -> int:
    """Since when something stands at a moment: since now, where that is not known or lies ahead."""
    return at_ms if since_ms is None else min(since_ms, at_ms)


def _sensors(before: Told, health: Health, at_ms: int) -> tuple[SensorTold, ...]:
    # A visit in which somebody withheld consent leaves a sensor out; one that is fitted no more is named by none.
    fitted = health.fitted
    known = {one.sensor: one for one in before.sensors if fitted is None or one.sensor in fitted}
    for one in health.sensors:
        was = known.pop(one.sensor, None)
        same = was is not None and (was.state, was.fault) == (one.state, one.fault)
        since_ms = _since(was.since_ms if was is not None and same else None, at_ms)
        known[one.sensor] = SensorTold(one.sensor, one.state, one.fault, since_ms, at_ms)
    return tuple(known.values())[-MOST_SENSORS:]


def _changes(before: Told, now: Told, at_ms: int) -> Iterator[DeviceChange]:
    ran, runs = (None if one.health is None else one.health.swversion for one in (before, now))
    if runs is not None and runs != ran:
        yield DeviceChange(at_ms, Changed.SOFTWARE, "", runs)
    was = {one.sensor: (one.state, one.fault) for one in before.sensors}
    for one in now.sensors:
        if was.get(one.sensor) != (one.state, one.fault):
            yield DeviceChange(at_ms, Changed.SENSOR, one.sensor, one.state, one.fault)


def _amiss(before: Told, health: Health, sensors: tuple[SensorTold, ...], at_ms: int) -> Iterator[Amiss]:
    # What comes and goes is not known to have lasted while nothing was heard.
    unbroken = abs(at_ms - (before.heard_at_ms or at_ms)) <= HOUR_MS
    since_ms = {one.fault: one.since_ms for one in before.amiss if unbroken or one.fault not in LASTING_MS}
    for fault in wrong(health):
        yield Amiss(fault, _since(since_ms.get(fault), at_ms))
    for sensor in sensors:
        if failed(sensor.state, sensor.fault):
            yield Amiss(Fault.SENSOR_FAILED, sensor.since_ms, sensor.sensor)
