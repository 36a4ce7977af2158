"""Keeping what devices tell of themselves: how each fares now, its hours, and what changed. No evidence.

Bounded whatever is said: one row a device for now, one an hour for 90 days, and the latest changes of each.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct, structs
from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update

from ingest_server.fleet.told import After, DeviceChange, Link, Told, after
from ingest_server.local_days import DAY_MS
from ingest_server.store.schema import device_changes, device_hours, device_told, devices
from ingest_server.vocabulary import DeviceState
from visit_record.first_use import known
from visit_record.health import Health

KEPT_MS: Final = 90 * DAY_MS
MOST_CHANGES: Final = 200
NOTHING_TOLD: Final = Told()


class Saying(Struct, frozen=True):
    """What somebody told in a device's name, and when it came."""

    agency: str
    device: str
    at_ms: int
    word: Health | Link


def enter_told(connection: Connection, said: Sequence[Saying]) -> list[Saying]:
    """Keep what registered devices said; what of it was in the name of none whose records are taken.

    A device is none of those while it is revoked, and where the topic names another agency than its own.
    """
    agencies = _agencies(connection, {one.device for one in said})
    own = [one for one in said if agencies.get(one.device) == one.agency]
    before = told_of_each(connection, {one.device for one in own})
    found: dict[str, list[After]] = {}
    for one in own:
        of_device = found.setdefault(one.device, [])
        was = of_device[-1].told if of_device else before.get(one.device, NOTHING_TOLD)
        of_device.append(after(was, one.word, one.at_ms))
    _enter_now(connection, {device: each[-1].told for device, each in found.items()}, before)
    _enter_hours(connection, found)
    _enter_changes(connection, found)
    return [one for one in said if agencies.get(one.device) != one.agency]


def forget_hours(connection: Connection, after_device: str, now_ms: int, limit: int) -> str | None:
    """Forget the hours of so many devices whose time is up; the last of these, ``None`` where there was no more."""
    query = select(device_told.c.device).where(device_told.c.device > after_device)
    names = list(connection.execute(query.order_by(device_told.c.device).limit(limit)).scalars())
    if names:
        old = device_hours.c.device == bindparam("of"), device_hours.c.hour_ms < now_ms - KEPT_MS
        connection.execute(delete(device_hours).where(*old), [{"of": name} for name in names])
    return names[-1] if names else None


def registered(connection: Connection) -> frozenset[tuple[str, str]]:
    """Agency and name of every device whose words are kept."""
    query = select(devices.c.agency, devices.c.device).where(devices.c.state == DeviceState.ACTIVE)
    return frozenset((row.agency, row.device) for row in connection.execute(query))


def told_of_each(connection: Connection, names: Collection[str]) -> dict[str, Told]:
    """What each of some hundred devices told, without those that told nothing."""
    query = select(device_told).where(device_told.c.device.in_(sorted(names)))
    return {row.device: read_told(row.told) for row in connection.execute(query)}


def told_of_all(connection: Connection) -> dict[str, Told]:
    """The same of every device."""
    return {row.device: read_told(row.told) for row in connection.execute(select(device_told))}


def _agencies(connection: Connection, names: Collection[str]) -> Mapping[str, str]:
    query = select(devices.c.device, devices.c.agency).where(devices.c.device.in_(sorted(names)))
    rows = connection.execute(query.where(devices.c.state == DeviceState.ACTIVE))
    return {row.device: row.agency for row in rows}


def _enter_now(connection: Connection, now: Mapping[str, Told], before: Collection[str]) -> None:
    rows = [{"of": device, "as_json": msgspec.json.encode(told)} for device, told in now.items()]
    old, new = ([row for row in rows if (row["of"] in before) is there] for there in (True, False))
    told: BindParameter[bytes] = bindparam("as_json")
    if old:
        connection.execute(update(device_told).where(device_told.c.device == bindparam("of")).values(told=told), old)
    if new:
        connection.execute(insert(device_told).values(told=told, device=bindparam("of")), new)


def _enter_hours(connection: Connection, found: Mapping[str, Iterable[After]]) -> None:
    ended = ((device, one.ended) for device, each in found.items() for one in each)
    hours = [{"device": device, **structs.asdict(hour)} for device, hour in ended if hour is not None]
    # A server whose clock stood ahead for a while comes to its hours a second time: the later word stands.
    rows = {(hour["device"], hour["hour_ms"]): hour | {"amiss": hour["amiss"] or None} for hour in hours}
    if rows:
        again = device_hours.c.device == bindparam("of"), device_hours.c.hour_ms == bindparam("at")
        connection.execute(delete(device_hours).where(*again), [{"of": of, "at": at} for of, at in rows])
        connection.execute(insert(device_hours), [*rows.values()])


def _enter_changes(connection: Connection, found: Mapping[str, Iterable[After]]) -> None:
    rows = [{"device": device, **structs.asdict(change)} for device, change in _changes(found)]
    if not rows:
        return
    connection.execute(insert(device_changes), rows)
    of, latest = device_changes.c.device == bindparam("of"), device_changes.alias()
    last = select(latest.c.id).where(latest.c.device == bindparam("of")).order_by(latest.c.id.desc())
    forgotten = device_changes.c.id <= last.limit(1).offset(MOST_CHANGES).scalar_subquery()
    names = sorted({device for device, _ in _changes(found)})
    connection.execute(delete(device_changes).where(of, forgotten), [{"of": name} for name in names])


def _changes(found: Mapping[str, Iterable[After]]) -> Iterator[tuple[str, DeviceChange]]:
    for device, each in found.items():
        for one in each:
            for change in one.changes:
                yield device, change


def read_told(told: bytes) -> Told:
    """What a device told, as it is kept."""
    return msgspec.json.decode(told, type=known(Told))
