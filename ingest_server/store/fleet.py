"""The devices as a fleet: which are enrolled, when each was last heard of, and how its chain stands. No evidence."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from msgspec import Struct
from sqlalchemy import Connection, Row, func, select

from ingest_server.errors import AlteredRecordError
from ingest_server.fleet.told import Told, lasting
from ingest_server.fleet.trouble import Fault
from ingest_server.store.devices import enrolled
from ingest_server.store.key_rows import with_keys
from ingest_server.store.last_heard import last_heard
from ingest_server.store.opening import link_opened_again
from ingest_server.store.schema import devices, records
from ingest_server.store.scope import Scope, of_agency
from ingest_server.store.told import NOTHING_TOLD, told_of_each
from ingest_server.vocabulary import DeviceState
from visit_record.chain import LinkState
from visit_record.keys import key_from_jwk

log = structlog.get_logger()
_BROKEN = (LinkState.GAP, LinkState.FORK)


class FleetDevice(Struct, frozen=True):
    """A device; ``kid`` is its key's thumbprint (RFC 7638).

    ``last_record_at_ms`` is when its last record came, ``software`` what the record with the highest number says of the
    program that sealed it; both ``None`` before the first, ``software`` also where that record no longer opens.
    ``gaps`` and ``forks`` count its records at a break of the chain. ``told_at_ms`` is when it last told how it fares,
    ``told_amiss`` what is wrong by that unsigned word; of a revoked one nothing is.
    """

    device: str
    agency: str
    kid: str
    ueid: str
    state: DeviceState
    enrolled_at_ms: int
    records: int
    last_record_at_ms: int | None
    software: str | None
    gaps: int
    forks: int
    told_at_ms: int | None
    told_amiss: tuple[Fault, ...]


class FleetFilter(Struct, frozen=True):
    """Which devices are wanted; ``None`` wants all. ``after`` is the name after which they come."""

    agency: str | None = None
    state: DeviceState | None = None
    after: str | None = None


def fleet_page(connection: Connection, scope: Scope, wanted: FleetFilter, limit: int) -> list[FleetDevice]:
    """Devices by name."""
    query = select(devices).where(of_agency(scope, devices.c.agency)).order_by(devices.c.device).limit(limit)
    for column, value in ((devices.c.agency, wanted.agency), (devices.c.state, wanted.state)):
        if value is not None:
            query = query.where(column == value)
    if wanted.after is not None:
        query = query.where(devices.c.device > wanted.after)
    return _described(connection, connection.execute(query).all())


def find_device(connection: Connection, scope: Scope, device: str) -> FleetDevice | None:
    """One of them, ``None`` where a scope sees none of that name."""
    query = select(devices).where(of_agency(scope, devices.c.agency), devices.c.device == device)
    return next(iter(_described(connection, connection.execute(query).all())), None)


def _described(connection: Connection, rows: Sequence[Row[Any]]) -> list[FleetDevice]:
    names = [row.device for row in rows]
    counted, broken, last = _counted(connection, names), _broken(connection, names), _last_records(connection, names)
    told, heard = told_of_each(connection, names), last_heard(connection, devices.c.device.in_(names))
    return [
        _device(row, counted.get(row.device, 0), last.get(row.device), heard.get(row.device), broken, told)
        for row in rows
    ]


def _device(  # noqa: PLR0913, PLR0917 - a column of the answer each
    row: Row[Any],
    count: int,
    last: Row[Any] | None,
    heard_at_ms: int | None,
    broken: dict[tuple[str, str], int],
    told: Mapping[str, Told],
) -> FleetDevice:
    known, word = enrolled(row), told.get(row.device, NOTHING_TOLD)
    return FleetDevice(
        known.device,
        known.agency,
        known.kid,
        known.ueid,
        known.state,
        known.enrolled_at_ms,
        count,
        heard_at_ms,
        None if last is None else _software(row, last),
        broken.get((row.device, LinkState.GAP), 0),
        broken.get((row.device, LinkState.FORK), 0),
        word.heard_at_ms,
        tuple(dict.fromkeys(one.fault for one in lasting(word))) if known.state is DeviceState.ACTIVE else (),
    )


def _counted(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    query = (
        select(records.c.device, func.count().label("many"))
        .where(records.c.device.in_(names))
        .group_by(records.c.device)
    )
    return {row.device: row.many for row in connection.execute(query)}


def _broken(connection: Connection, names: Sequence[str]) -> dict[tuple[str, str], int]:
    columns = (records.c.device, records.c.link_state)
    query = select(*columns, func.count()).where(records.c.link_state.in_(_BROKEN), records.c.device.in_(names))
    return {(device, state): count for device, state, count in connection.execute(query.group_by(*columns))}


def _last_records(connection: Connection, names: Sequence[str]) -> dict[str, Row[Any]]:
    # By its number in the chain: a number of years ago may come today, from a device that was long without a network.
    newest = select(records.c.device, func.max(records.c.seq)).where(records.c.device.in_(names))
    places = [tuple(row) for row in connection.execute(newest.group_by(records.c.device))]
    query = with_keys(connection, select(records), (records.c.device, records.c.seq), places)
    # Of a fork's two the first in the ledger, which is told last.
    return {row.device: row for row in connection.execute(query.order_by(records.c.log_index.desc()))}


def _software(device: Row[Any], last: Row[Any]) -> str | None:
    try:
        return link_opened_again(last.sealed, last.digest, {device.kid: key_from_jwk(device.jwk)}).said.swversion
    except AlteredRecordError as failure:
        log.error("stored record was altered", device=device.device, detail=str(failure))
        return None
