"""Deciding about several visits at once: one case over them, or taking note of what is for information alone."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Annotated, Final

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from ingest_server.cases.due import due_at_ms
from ingest_server.cases.step import Action, Step
from ingest_server.errors import CaseError, ChangedMeanwhileError
from ingest_server.store.cases import Case, find_case, open_case
from ingest_server.store.summaries import VisitSummary
from ingest_server.store.visits import chosen_visits
from ingest_server.web.doing import Doing
from ingest_server.web.errors import NotFoundError
from ingest_server.web.notes import MOST_NOTE, kept_note

# A page of the queue.
MOST_AT_ONCE: Final = 50
_NAMED_BY: Final = 8

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SeveralAsked(BaseModel):
    """Visits by the digests of their records, and a note."""

    model_config = {"extra": "forbid"}

    records: Annotated[list[Digest], Field(min_length=1, max_length=MOST_AT_ONCE)]
    note: Annotated[str, Field(max_length=MOST_NOTE)] | None = None


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


def _entered(deciding: Doing, asked: SeveralAsked, action: Action) -> AbstractContextManager[Connection]:
    did = f"{action}:{named(asked.records)}"
    return deciding.entered(did)
