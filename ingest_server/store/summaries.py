"""A visit as a line of a list. A verdict that cannot be read is told on its own line, and breaks no other."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, and_, select

from ingest_server.cases.step import Outcome, State
from ingest_server.errors import UnreadableVerdictError
from ingest_server.scoring.verdict import DOUBTED, Band, RaisedException, Verdict
from ingest_server.scoring.wording import ToldReason, ToldVerdict, told, told_reason
from ingest_server.store.schema import case_visits, cases, records, verdicts, visits
from visit_record.chain import LinkState
from visit_record.first_use import known
from visit_record.vocabulary import ExceptionClass, ExceptionCode, Typology

log = structlog.get_logger()
_AT_WORK: Final = ("case", "state", "outcome", "assignee", "due_at_ms")

# A gap mostly closes by itself when the late record arrives; a fork does not.
LINK_EXCEPTIONS: Final[Mapping[LinkState, RaisedException]] = MappingProxyType({
    LinkState.GAP: RaisedException(ExceptionCode.SEQ_GAP, ExceptionClass.ACKNOWLEDGE),
    LinkState.FORK: RaisedException(ExceptionCode.CHAIN_FORK, ExceptionClass.MUST_FIX),
})  # fmt: skip


class AtWork(Struct, frozen=True):
    """The case of a visit as a line of the queue tells it."""

    case: int
    state: State
    outcome: Outcome | None
    assignee: str | None
    due_at_ms: int | None


class VisitSummary(Struct, frozen=True):
    """A visit as a line of a list.

    ``top_reason`` is the strongest one for its band, if that has any; ``link_state`` is how the record stands in its
    device's chain now; ``at_risk_fen`` the fund's money that is expected to be lost, ``work`` what people made of it.
    ``for_information`` says that nothing is alleged: such visits are taken note of together, where they are in no case.
    Where ``verdict_readable`` is false, the reason and the exceptions are unknown, not absent.
    """

    visit: str
    digest: str
    agency: str
    device: str
    caregiver: str
    recipient: str
    check_in_ms: int
    check_out_ms: int
    duration_s: float
    band: Band
    typology: Typology
    suspicion: float
    at_risk_fen: int
    observed_share: float
    top_reason: ToldReason | None
    exceptions: tuple[RaisedException, ...]
    link_state: LinkState
    verdict_readable: bool
    work: AtWork | None
    for_information: bool

    @property
    def link_exception(self) -> RaisedException | None:
        """What a break of the chain at this record raises."""
        return LINK_EXCEPTIONS.get(self.link_state)

    @property
    def raised(self) -> tuple[RaisedException, ...]:
        """Every exception: those of the verdict, and that of the chain."""
        return _raised(self.exceptions, self.link_state)


def read_verdict(digest: str, stored: bytes | None) -> ToldVerdict:
    """The verdict of a record as it was stored, its reasons with their sentences.

    Raises:
        UnreadableVerdictError: it is missing, or is no verdict.
    """
    return told(stored_verdict(digest, stored))


def stored_verdict(digest: str, stored: bytes | None) -> Verdict:
    """The same without sentences, for those who count.

    Raises:
        UnreadableVerdictError: it is missing, or is no verdict.
    """
    if stored is None:
        raise UnreadableVerdictError(f"record {digest} has no verdict; take a copy of the database and tell us")
    try:
        return msgspec.json.decode(stored, type=known(Verdict))
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        raise UnreadableVerdictError(f"the verdict of record {digest} cannot be read: {cause}") from cause


def standing_verdict() -> ColumnElement[bool]:
    """The condition that joins a visit to the verdict that stands."""
    return and_(
        verdicts.c.digest == visits.c.digest,
        verdicts.c.calibration == visits.c.calibration,
        verdicts.c.rules == visits.c.rules,
    )


def summaries(connection: Connection, rows: Iterable[Row[Any]]) -> tuple[VisitSummary, ...]:
    """Rows of ``visits`` as summaries, in their order."""
    rows = list(rows)
    digests = [row.digest for row in rows]
    judged = select(verdicts.c.digest, verdicts.c.verdict).join(visits, standing_verdict())
    stored = {row.digest: row.verdict for row in connection.execute(judged.where(verdicts.c.digest.in_(digests)))}
    linked = select(records.c.digest, records.c.link_state).where(records.c.digest.in_(digests))
    states = {row.digest: LinkState(row.link_state) for row in connection.execute(linked)}
    work = at_work(connection, digests)
    return tuple(
        summary(row, _read(row.digest, stored.get(row.digest)), states[row.digest], work.get(row.digest))
        for row in rows
    )


def at_work(connection: Connection, digests: Sequence[str]) -> dict[str, AtWork]:
    """The cases of visits that are in one, by the digest of their record."""
    query = select(case_visits.c.digest, cases).join(cases, cases.c.case == case_visits.c.case)
    rows = connection.execute(query.where(case_visits.c.digest.in_(digests)))
    return {row.digest: msgspec.convert({name: row._mapping[name] for name in _AT_WORK}, known(AtWork)) for row in rows}


def summary(row: Row[Any], verdict: Verdict | None, link_state: LinkState, work: AtWork | None) -> VisitSummary:
    """One row of ``visits`` with its verdict, ``None`` where that cannot be read."""
    mapping = row._mapping
    fields = {name: mapping[name] for name in VisitSummary.__struct_fields__ if name in mapping}
    fields |= {"link_state": link_state, "verdict_readable": verdict is not None, "work": work}
    fields["for_information"] = verdict is not None and _is_for_information(verdict, link_state)
    fields |= {"top_reason": verdict and _top_reason(verdict), "exceptions": verdict.exceptions if verdict else ()}
    return msgspec.convert(fields, known(VisitSummary))


def _read(digest: str, stored: bytes | None) -> Verdict | None:
    try:
        return stored_verdict(digest, stored)
    except UnreadableVerdictError as failure:
        log.error("verdict cannot be read", record=digest, detail=str(failure))
        return None


def _is_for_information(verdict: Verdict, link_state: LinkState) -> bool:
    """Whether no way of faking is named, and there are exceptions, all of them information alone."""
    classes = {exception.class_ for exception in _raised(verdict.exceptions, link_state)}
    return verdict.band not in DOUBTED and classes == {ExceptionClass.INFO}


def _raised(exceptions: tuple[RaisedException, ...], link_state: LinkState) -> tuple[RaisedException, ...]:
    broken = LINK_EXCEPTIONS.get(link_state)
    return exceptions if broken is None else (*exceptions, broken)


def _top_reason(verdict: Verdict) -> ToldReason | None:
    if verdict.band is Band.INSUFFICIENT_EVIDENCE:
        return None
    sign = 1 if verdict.band in DOUBTED else -1
    top = max(verdict.reasons, key=lambda reason: sign * reason.decibans, default=None)
    return None if top is None else told_reason(top)
