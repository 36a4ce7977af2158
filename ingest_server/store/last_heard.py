"""When a device's last record came: one answer for every page that tells it."""

from sqlalchemy import Connection, func, select
from sqlalchemy.sql import ColumnElement

from ingest_server.fleet.troubles import RECENT
from ingest_server.store.schema import devices, records


def last_heard(connection: Connection, of: ColumnElement[bool]) -> dict[str, int]:
    """When the latest link of each of these devices came, whatever it is; those of which none did are left out.

    Looked for among its last few by number: what a device was long without a network for comes in no order.
    """
    last = select(func.max(records.c.seq)).where(records.c.device == devices.c.device).scalar_subquery()
    latest = select(devices.c.device, last.label("seq")).where(of).subquery()
    query = select(records.c.device, records.c.received_at_ms)
    query = query.join_from(latest, records, records.c.device == latest.c.device)
    found: dict[str, int] = {}
    # Not grouped by the database, which would then read every record in the order of its device.
    for device, at_ms in connection.execute(query.where(records.c.seq > latest.c.seq - RECENT)):
        found[device] = max(at_ms, found.get(device, at_ms))
    return found
