"""What one device told of itself: how it fares now, its hours, and what changed. No evidence."""

from typing import Any, Final

import msgspec
from msgspec import Struct, structs
from sqlalchemy import Connection, Row, Table, and_, select
from sqlalchemy.sql import ColumnElement

from ingest_server.fleet.told import DeviceChange, Told
from ingest_server.fleet.told_hours import ToldHour
from ingest_server.store.schema import device_changes, device_hours, device_told, devices
from ingest_server.store.scope import Scope, of_agency
from ingest_server.store.told import read_told
from visit_record.first_use import known


def told_of(connection: Connection, scope: Scope, device: str) -> Told | None:
    """What a device told; ``None`` where it told nothing, or a scope does not see it."""
    query = select(device_told.c.told).join_from(device_told, devices).where(_of(device_told, scope, device))
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else read_told(found)


def hours_of(connection: Connection, scope: Scope, device: str, before_ms: int, limit: int) -> tuple[ToldHour, ...]:
    """Hours that are over and began before a moment, the newest first."""
    query = select(*(device_hours.c[name] for name in _HOUR)).join_from(device_hours, devices)
    query = query.where(_of(device_hours, scope, device), device_hours.c.hour_ms < before_ms)
    rows = connection.execute(query.order_by(device_hours.c.hour_ms.desc()).limit(limit))
    return tuple(_hour(row) for row in rows)


def changes_of(connection: Connection, scope: Scope, device: str, limit: int) -> tuple[DeviceChange, ...]:
    """The latest changes, newest first."""
    query = select(*(device_changes.c[name] for name in _CHANGE)).join_from(device_changes, devices)
    query = query.where(_of(device_changes, scope, device)).order_by(device_changes.c.id.desc()).limit(limit)
    rows = connection.execute(query)
    return tuple(msgspec.convert(dict(zip(_CHANGE, row, strict=True)), known(DeviceChange)) for row in rows)


def _hour(row: Row[Any]) -> ToldHour:
    # By place, of which there are two thousand for a page: `amiss` is the last.
    values: tuple[Any, ...] = (*row[:-1], tuple(row[-1] or ()))
    return ToldHour(*values)


def _of(table: Table, scope: Scope, device: str) -> ColumnElement[bool]:
    return and_(table.c.device == device, of_agency(scope, devices.c.agency))


def _names(shape: type[Struct]) -> tuple[str, ...]:
    return tuple(one.name for one in structs.fields(shape))


_HOUR: Final = _names(ToldHour)
_CHANGE: Final = _names(DeviceChange)
