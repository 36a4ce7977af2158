"""Where the columns of each view of a combined query come from, and whose evidence its rows are."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, FromClause, and_, cast, false, func, select

from ingest_server.authenticity.estimate import Kind
from ingest_server.edits.edit import Mark
from ingest_server.queries.columns import Operator
from ingest_server.store.schema import (
    agencies,
    case_steps,
    case_visits,
    cases,
    counted_visits,
    devices,
    recipients,
    records,
    tallies,
    visit_edit_changes,
    visit_edits,
    visit_exceptions,
    visits,
)
from ingest_server.store.schema import trail as trail_table
from ingest_server.store.scope import Scope, of_agency
from ingest_server.store.trail import visible_entries
from ingest_server.store.warned import warns_of
from visit_record.chain import LinkState

Columns = Mapping[str, ColumnElement[Any]]
Condition = ColumnElement[bool]


class Source(Struct, frozen=True):
    """The rows of a view, in stored units.

    ``seen`` is the condition by which a scope sees a row. Where rows are sums, ``grouped`` are the columns of one sum,
    ``summed`` names those that are only known once it is made. ``asks`` answers a column's filters otherwise than by
    comparing it; ``listed`` lists first what a comparison finds in a joined table, whose index is to lead, and what is
    empty is not there to be found. ``sorted_alone`` where even the view's own order has no index among rows that a
    filter leads to.
    """

    origin: FromClause
    columns: Columns
    seen: Callable[[Scope], Condition]
    always: Condition | None = None
    grouped: tuple[ColumnElement[Any], ...] = ()
    summed: frozenset[str] = frozenset()
    asks: Mapping[str, Callable[[Operator, tuple[str, ...]], Condition]] = MappingProxyType({})
    listed: Mapping[str, Callable[[Condition], Condition]] = MappingProxyType({})
    sorted_alone: bool = False
    seen_beside: Callable[[Scope], Condition] | None = None
    """The same as ``seen`` in a joined table, for questions about a column of ``beside``: its rows are fewer than an
    agency's, and their index is to lead."""
    beside: frozenset[str] = frozenset()

    def seen_for(self, asked: Iterable[str], scope: Scope) -> Condition:
        """The condition by which a scope sees a row where these columns are asked about."""
        if self.seen_beside is not None and not self.beside.isdisjoint(asked):
            return self.seen_beside(scope)
        return self.seen(scope)


def _seen_by(agency: ColumnElement[str]) -> Callable[[Scope], Condition]:
    return lambda scope: of_agency(scope, agency)


def _linked(_: Operator, wanted: tuple[str, ...]) -> Condition:
    # Few records are at a gap or fork, and those have an index: what is linked is what is not among them.
    broken = [state for state in LinkState if state is not LinkState.LINKED]
    among = [state for state in broken if (state in wanted) != (LinkState.LINKED in wanted)]
    of_these = visits.c.digest.in_(select(records.c.digest).where(records.c.link_state.in_(among)))
    return ~of_these if LinkState.LINKED in wanted else of_these


_DISTRICT: Final = (
    select(agencies.c.district).where(agencies.c.agency == visits.c.agency).correlate(visits).scalar_subquery()
)


def _in_cases(condition: Condition) -> Condition:
    held = select(case_visits.c.digest).join(cases, cases.c.case == case_visits.c.case).where(condition)
    return visits.c.digest.in_(held.correlate(None))


VISITS: Final = Source(
    # Each of these has at most one row a visit; what is not asked for is not looked up.
    origin=visits.outerjoin(records, records.c.digest == visits.c.digest)
    .outerjoin(case_visits, case_visits.c.digest == visits.c.digest)
    .outerjoin(cases, cases.c.case == case_visits.c.case)
    .outerjoin(counted_visits, counted_visits.c.digest == visits.c.digest),
    columns={
        "visit": visits.c.visit,
        "check_in": visits.c.check_in_ms,
        "check_out": visits.c.check_out_ms,
        "duration_min": visits.c.duration_s,
        "agency": visits.c.agency,
        "district": _DISTRICT,
        "caregiver": visits.c.caregiver,
        "recipient": visits.c.recipient,
        "device": visits.c.device,
        "band": visits.c.band,
        "typology": visits.c.typology,
        "suspicion": visits.c.suspicion,
        "observed_share": visits.c.observed_share,
        "gravest": func.nullif(visits.c.gravest, ""),
        "at_risk_yuan": visits.c.at_risk_fen,
        "chain": records.c.link_state,
        "handled": visits.c.handled,
        "snoozed_until": func.nullif(visits.c.wakes_at_ms, 0),
        "case": case_visits.c.case,
        "case_state": cases.c.state,
        "outcome": cases.c.outcome,
        "closed": cases.c.closed_at_ms,
        "of_fund": func.coalesce(cases.c.of_fund, false()),
        "calibration": visits.c.calibration,
        "rules": visits.c.rules,
        "counted": counted_visits.c.digest.is_not(None),
        "record": visits.c.digest,
    },
    seen=_seen_by(visits.c.agency),
    asks={"chain": _linked, "theme": warns_of},
    listed={"closed": _in_cases},
)
EXCEPTIONS: Final = Source(
    origin=visit_exceptions.outerjoin(visits, visits.c.digest == visit_exceptions.c.digest),
    columns={
        "code": visit_exceptions.c.code,
        "class": visit_exceptions.c["class"],
        "check_in": visit_exceptions.c.check_in_ms,
        "agency": visit_exceptions.c.agency,
        "visit": visits.c.visit,
        "caregiver": visits.c.caregiver,
        "recipient": visits.c.recipient,
        "device": visits.c.device,
        "band": visit_exceptions.c.band,
        "handled": visit_exceptions.c.handled,
        "record": visit_exceptions.c.digest,
    },
    seen=_seen_by(visit_exceptions.c.agency),
    sorted_alone=True,
    # As an expression it has no index: among an agency's visits a caregiver's would be looked for one by one.
    seen_beside=_seen_by(visits.c.agency.concat("")),
    beside=frozenset({"visit", "caregiver", "recipient", "device"}),
)
_TAKEN_BACK: Final = visit_edits.alias("taken_back")
EDITS: Final = Source(
    # A withdrawal of what a later edit had replaced changes nothing, and is a row all the same.
    origin=visit_edits.outerjoin(visit_edit_changes, visit_edit_changes.c.edit == visit_edits.c.id),
    columns={
        "edit": visit_edits.c.id,
        "change": func.coalesce(visit_edit_changes.c.position, 0),
        "at": visit_edits.c.at_ms,
        **{
            name: visit_edits.c[name]
            for name in ("actor", "agency", "visit", "caregiver", "number", "reason", "action", "memo", "withdraws")
        },
        "field": visit_edit_changes.c.field,
        "captured": visit_edit_changes.c.captured,
        "edited": visit_edit_changes.c.edited,
        "captured_at": visit_edit_changes.c.captured_ms,
        "edited_at": visit_edit_changes.c.edited_ms,
        "withdrawn": select(_TAKEN_BACK.c.id)
        .where(_TAKEN_BACK.c.digest == visit_edits.c.digest, _TAKEN_BACK.c.withdraws == visit_edits.c.number)
        .correlate(visit_edits)
        .exists(),
        **{mark.value: visit_edits.c[mark.value] for mark in Mark},
        "record": visit_edits.c.digest,
    },
    seen=_seen_by(visit_edits.c.agency),
)
_HELD: Final = visits.join(case_visits, case_visits.c.digest == visits.c.digest)
CASES: Final = Source(
    origin=cases,
    columns={
        "case": cases.c.case,
        "agency": cases.c.agency,
        "state": cases.c.state,
        "outcome": cases.c.outcome,
        "assignee": cases.c.assignee,
        "proposed_by": cases.c.proposed_by,
        "due": cases.c.due_at_ms,
        "opened": cases.c.opened_at_ms,
        "changed": cases.c.changed_at_ms,
        "closed": cases.c.closed_at_ms,
        "of_fund": cases.c.of_fund,
        "visits": select(func.count())
        .select_from(case_visits)
        .where(case_visits.c.case == cases.c.case)
        .correlate(cases)
        .scalar_subquery(),
        "at_risk_yuan": select(cast(func.coalesce(func.sum(visits.c.at_risk_fen), 0), BigInteger))
        .select_from(_HELD)
        .where(case_visits.c.case == cases.c.case)
        .correlate(cases)
        .scalar_subquery(),
    },
    seen=_seen_by(cases.c.agency),
)
CASE_STEPS: Final = Source(
    origin=case_steps.join(cases, cases.c.case == case_steps.c.case),
    columns={
        "case": case_steps.c.case,
        "number": case_steps.c.number,
        "agency": cases.c.agency,
        "action": case_steps.c.action,
        "actor": case_steps.c.actor,
        "at": case_steps.c.at_ms,
        "outcome": case_steps.c.outcome,
        "until": case_steps.c.until_ms,
        "assignee": case_steps.c.assignee,
        "recovered_yuan": case_steps.c.recovered_fen,
        "recovered_on": case_steps.c.recovered_on,
        "note": case_steps.c.note,
    },
    seen=_seen_by(cases.c.agency),
)
# PostgreSQL adds whole numbers up to one of another type.
_SUMS: Final[Columns] = {
    "visits": cast(func.sum(tallies.c.visits), BigInteger),
    "at_risk_yuan": cast(func.sum(tallies.c.at_risk_fen), BigInteger),
    "first_month": func.min(tallies.c.month),
    "last_month": func.max(tallies.c.month),
}
_MONTHS: Final[Columns] = {"month": tallies.c.month, **_SUMS}


def _subjects(name: str, kind: Kind, **more: ColumnElement[Any]) -> Source:
    own: Columns = {name: tallies.c.subject, "agency": tallies.c.agency}
    return Source(
        origin=tallies,
        columns={**own, **more, **_MONTHS},
        seen=_seen_by(tallies.c.agency),
        always=tallies.c.kind == kind,
        grouped=tuple(own.values()),
        summed=frozenset(_SUMS),
    )


# Looked up for each line that is shown: joined, or summed for all of them, they would be read whole for any page.
_LEVEL: Final = (
    select(recipients.c.disability_level)
    .where(recipients.c.recipient == tallies.c.subject)
    .correlate(tallies)
    .scalar_subquery()
)


def _of_device(sum_: str) -> ColumnElement[Any]:
    of_it = and_(
        tallies.c.kind == Kind.DEVICE,
        tallies.c.subject == devices.c.device,
        tallies.c.agency == devices.c.agency,
    )
    return func.coalesce(select(_SUMS[sum_]).where(of_it).correlate(devices).scalar_subquery(), 0)


DEVICES: Final = Source(
    origin=devices,
    columns={
        "device": devices.c.device,
        "agency": devices.c.agency,
        "state": devices.c.state,
        "enrolled": devices.c.enrolled_at_ms,
        "visits": _of_device("visits"),
        "at_risk_yuan": _of_device("at_risk_yuan"),
    },
    seen=_seen_by(devices.c.agency),
)
TRAIL: Final = Source(
    origin=trail_table,
    columns={
        "at": trail_table.c.at_ms,
        **{
            name: trail_table.c[name]
            for name in ("actor", "role", "agency", "deed", "route", "about", "status", "address", "id")
        },
    },
    seen=visible_entries,
)
SOURCES: Final[Mapping[str, Source]] = MappingProxyType({
    "visits": VISITS,
    "exceptions": EXCEPTIONS,
    "edits": EDITS,
    "cases": CASES,
    "case_steps": CASE_STEPS,
    "caregivers": _subjects("caregiver", Kind.CAREGIVER),
    "agencies": _subjects("agency", Kind.AGENCY),
    "recipients": _subjects("recipient", Kind.RECIPIENT, disability_level=_LEVEL),
    "devices": DEVICES,
    "trail": TRAIL,
})  # fmt: skip
