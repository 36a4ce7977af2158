"""Devices, when they were heard and their latest visits: what tells whether something is out of order.

Read in the background.
"""

from collections import defaultdict
from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, func, select

from ingest_server.authenticity.estimate import Kind
from ingest_server.fleet.troubles import RECENT, Device, Heard, Links
from ingest_server.store.daily import WHOLE
from ingest_server.store.last_heard import last_heard
from ingest_server.store.listening import find_listening
from ingest_server.store.schema import daily_tallies, devices, records, tallies, visits
from ingest_server.store.told import told_of_all
from ingest_server.vocabulary import DeviceState
from visit_record.chain import LinkState
from visit_record.first_use import known


def active_devices(connection: Connection) -> Iterator[Device]:
    """Every device whose records are taken, with its latest visits, in the order of its name."""
    active = devices.c.state == DeviceState.ACTIVE
    heard, recent, broken = last_heard(connection, active), _recent(connection), _broken(connection)
    told, listening = told_of_all(connection), find_listening(connection)
    for row in connection.execute(select(devices).where(active).order_by(devices.c.device)):
        yield Device(
            device=row.device,
            agency=row.agency,
            enrolled_at_ms=row.enrolled_at_ms,
            heard_at_ms=heard.get(row.device),
            recent=tuple(recent.get(row.device, ())),
            links=tuple(broken.get(row.device, ())),
            told=told.get(row.device),
            listening=listening,
        )


def visits_in_no_day(connection: Connection) -> dict[str, int]:
    """Visits that were counted by an older version, and are in no day's sums, by agency."""
    counted = func.sum(tallies.c.visits)
    of_agencies = select(tallies.c.agency, counted).where(tallies.c.kind == Kind.AGENCY).group_by(tallies.c.agency)
    in_days = select(daily_tallies.c.agency, func.sum(daily_tallies.c.visits))
    in_days = in_days.where(daily_tallies.c.agency != WHOLE).group_by(daily_tallies.c.agency)
    known = {agency: int(found) for agency, found in connection.execute(in_days)}
    missing = {agency: int(found) - known.get(agency, 0) for agency, found in connection.execute(of_agencies)}
    return {agency: count for agency, count in missing.items() if count > 0}


def _recent(connection: Connection) -> dict[str, list[Heard]]:
    # By number and not by time, which is the device's own to say; an index finds the last few of each device. Notes
    # stand between visits, so it is counted back to the last but so many visit, or to the first of all.
    of_device = select(records.c.seq).join_from(records, visits).where(records.c.device == devices.c.device)
    since = of_device.order_by(records.c.seq.desc()).limit(1).offset(RECENT - 1).scalar_subquery()
    begun = func.coalesce(since, 0).label("seq")
    latest = select(devices.c.device, begun).where(devices.c.state == DeviceState.ACTIVE).subquery()
    columns = (records.c.device, records.c.received_at_ms, visits.c.check_in_ms, visits.c.clock, visits.c.without)
    query = select(*columns).join_from(latest, records, records.c.device == latest.c.device)
    query = query.join(visits, visits.c.digest == records.c.digest).where(records.c.seq >= latest.c.seq)
    found: defaultdict[str, list[Heard]] = defaultdict(list)
    for row in connection.execute(query.order_by(records.c.device, records.c.seq.desc(), records.c.digest)):
        found[row.device].append(msgspec.convert({name: row._mapping[name] for name in _HEARD}, known(Heard)))
    return found


_HEARD = ("received_at_ms", "check_in_ms", "clock", "without")


def _broken(connection: Connection) -> dict[str, list[Links]]:
    # Not grouped by the database, which would then read every record in the order of its device; breaks are few.
    query = select(records.c.device, records.c.link_state, records.c.received_at_ms)
    query = query.where(records.c.link_state.in_([LinkState.GAP, LinkState.FORK]))
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for device, state, received_at_ms in connection.execute(query):
        found[device, state].append(received_at_ms)
    broken: defaultdict[str, list[Links]] = defaultdict(list)
    for (device, state), times in sorted(found.items()):
        broken[device].append(Links(LinkState(state), len(times), max(times)))
    return broken
