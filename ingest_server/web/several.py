"""Deciding about several visits at once: one case over them, or taking note of what is for information alone."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Annotated, Final

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from ingest_server.cases.due import due_at_ms
from ingest_server.cases.step import Action, Step
from ingest_server.errors import CaseError, ChangedMeanwhileError
from ingest_server.store.case_lists import CaseLine, growing_cases
from ingest_server.store.cases import Case, add_visits, find_case, open_case
from ingest_server.store.summaries import VisitSummary
from ingest_server.store.visits import chosen_visits
from ingest_server.web.access import Viewer
from ingest_server.web.doing import Doing
from ingest_server.web.errors import NotFoundError
from ingest_server.web.notes import MOST_NOTE, kept_note
from ingest_server.web.steps import MOST_VERSION

# More than a page of the queue, and few enough for one entry of the trail.
MOST_AT_ONCE: Final = 50
# More than that nobody decides about as one.
MOST_VISITS: Final = 200
MOST_TO_JOIN: Final = 20
_NAMED_BY: Final = 8

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SeveralAsked(BaseModel):
    """Visits by the digests of their records, and a note."""

    model_config = {"extra": "forbid"}

    records: Annotated[list[Digest], Field(min_length=1, max_length=MOST_AT_ONCE)]
    note: Annotated[str, Field(max_length=MOST_NOTE)] | None = None


class AddAsked(SeveralAsked):
    """Visits that are to be in an open case too; ``seen_version`` is the version of the case that was looked at."""

    seen_version: Annotated[int, Field(ge=1, le=MOST_VERSION)]


def open_over(deciding: Doing, asked: SeveralAsked) -> Case:
    """Open one case over all of the visits; it is due when the first of them would be.

    Raises:
        NotFoundError: one of them is not there to see.
        CaseError: they are of several agencies, or one is in a case already.
    """
    viewer, now_ms = deciding.viewer, deciding.parts.now_ms()
    with _entered(deciding, asked, Action.OPEN) as connection:
        found = _found(connection, deciding, asked)
        if len({visit.agency for visit in found}) > 1:
            raise CaseError("a case is of one agency: choose visits of one", "一案只涉及一个机构，请勿跨机构选择")
        due_ms = min(due_at_ms(visit.band, now_ms) for visit in found)
        note, by_fund = kept_note(asked.note), viewer.of_fund
        opening = Step(Action.OPEN, viewer.name, now_ms, note, until_ms=due_ms, by_fund=by_fund)
        number = open_case(connection, found[0].agency, [visit.digest for visit in found], [opening])
        case = find_case(connection, viewer.scope, number)
        assert case is not None, "it was written in this transaction"
        return case


def add_to(deciding: Doing, asked: AddAsked, number: int) -> Case:
    """Add visits to a case that is not decided; it is due no later than they would be, and they stand with the others.

    Raises:
        NotFoundError: the case or one of the visits is not there to see.
        CaseError: a visit is of another agency or in a case already, or the case takes no more.
    """
    viewer, now_ms = deciding.viewer, deciding.parts.now_ms()
    with _entered(deciding, asked, Action.ADD, f"{number}:") as connection:
        case = find_case(connection, viewer.scope, number)
        if case is None:
            raise NotFoundError
        found = _found(connection, deciding, asked)
        _check_fit(case, found)
        due = [due_at_ms(visit.band, now_ms) for visit in found]
        due_ms = min([*due, case.standing.due_at_ms or max(due)])
        step = Step(Action.ADD, viewer.name, now_ms, kept_note(asked.note), until_ms=due_ms, by_fund=viewer.of_fund)
        add_visits(connection, case, asked.seen_version, [visit.digest for visit in found], step)
        grown = find_case(connection, viewer.scope, number)
        assert grown is not None, "it was there in this transaction"
        return grown


def _check_fit(case: Case, found: tuple[VisitSummary, ...]) -> None:
    if {visit.agency for visit in found} != {case.agency}:
        raise CaseError("a case is of one agency: choose visits of one", "一案只涉及一个机构，请勿跨机构选择")
    if len(case.visits) + len(found) > MOST_VISITS:
        raise CaseError(
            f"a case is of at most {MOST_VISITS} visits: open another", f"一案最多 {MOST_VISITS} 次服务，请另行立案"
        )


def acknowledge_all(deciding: Doing, asked: SeveralAsked) -> tuple[int, ...]:
    """Take note of visits, each in a case of its own that is closed without an outcome; the numbers of the cases.

    Raises:
        NotFoundError: one of them is not there to see.
        CaseError: something is alleged of one, or it is in a case already; nothing is written of any.
    """
    name, by_fund = deciding.viewer.name, deciding.viewer.of_fund
    now_ms, note = deciding.parts.now_ms(), kept_note(asked.note)
    with _entered(deciding, asked, Action.ACKNOWLEDGE) as connection:
        numbers = []
        for visit in _found(connection, deciding, asked):
            if not visit.for_information:
                raise CaseError(
                    f"the visit of {visit.caregiver} is more than information: look at it by itself",
                    f"{visit.caregiver} 的一次服务不只是提示，请单独处理",
                )
            opening = Step(Action.OPEN, name, now_ms, until_ms=due_at_ms(visit.band, now_ms), by_fund=by_fund)
            steps = [opening, Step(Action.ACKNOWLEDGE, name, now_ms, note, by_fund=by_fund)]
            numbers.append(open_case(connection, visit.agency, [visit.digest], steps))
        return tuple(numbers)


def named(records: Iterable[str]) -> str:
    """Each of at most :data:`MOST_AT_ONCE` digests, briefly enough that the trail names all of them in one entry."""
    return ",".join(record[:_NAMED_BY] for record in records)


def cases_to_join(connection: Connection, viewer: Viewer, found: Sequence[VisitSummary]) -> list[CaseLine]:
    """Open cases of the same caregivers that a reader may add visits to; none where the visits fit in none."""
    agencies = {visit.agency for visit in found}
    if len(agencies) != 1 or any(visit.work for visit in found):
        return []
    caregivers = {visit.caregiver for visit in found}
    return growing_cases(connection, viewer.scope, agencies.pop(), caregivers, MOST_TO_JOIN)


def _found(connection: Connection, deciding: Doing, asked: SeveralAsked) -> tuple[VisitSummary, ...]:
    records = set(asked.records)
    found = chosen_visits(connection, deciding.viewer.scope, records)
    if len(found) < len(records):
        raise NotFoundError
    for visit in found:
        if visit.work is not None:
            raise ChangedMeanwhileError(
                f"the visit of {visit.caregiver} is in case {visit.work.case} already",
                f"{visit.caregiver} 的一次服务已在案件 {visit.work.case} 中",
            )
    return found


def _entered(deciding: Doing, asked: SeveralAsked, action: Action, to: str = "") -> AbstractContextManager[Connection]:
    did = f"{action}:{to}{named(asked.records)}"
    return deciding.entered(did)
