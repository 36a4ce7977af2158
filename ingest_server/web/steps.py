"""Taking a case a step further, from a page or a program: the one way in which people decide."""

from datetime import date, datetime, time
from typing import Annotated

from msgspec import Struct
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from ingest_server.cases.due import due_at_ms
from ingest_server.cases.life import Action, Outcome, Step
from ingest_server.errors import CaseError
from ingest_server.store.cases import Case, case_of_visit, find_case, open_case, take_step
from ingest_server.store.visits import VisitKey, find_key
from ingest_server.web.access import Viewer
from ingest_server.web.errors import NotFoundError
from ingest_server.web.parts import Parts

MOST_NOTE = 2_000


class StepAsked(BaseModel):
    """A step as a program asks for it; ``seen_version`` is the version of the case that was looked at, 0 for none."""

    model_config = {"extra": "forbid"}

    action: Action
    seen_version: Annotated[int, Field(ge=0, le=1_000_000)]
    outcome: Outcome | None = None
    note: Annotated[str, Field(max_length=MOST_NOTE)] | None = None
    until_ms: Annotated[int, Field(ge=0, le=4_102_444_800_000)] | None = None


class OfVisit(Struct, frozen=True):
    """A visit to be decided about; ``record`` is the digest of one of several records."""

    visit: str
    record: str | None = None


def step_on_visit(parts: Parts, viewer: Viewer, of: OfVisit, asked: StepAsked) -> Case:
    """Take the case of a visit a step further, opening it where there is none; how it is then.

    Raises:
        NotFoundError: there is no such visit to see.
        CaseError: the step is out of turn, lacks what it needs, or somebody else took one meanwhile.
    """
    with parts.database.writing() as connection:
        key = find_key(connection, viewer.scope, of.visit, of.record)
        if key is None:
            raise NotFoundError
        found = case_of_visit(connection, viewer.scope, key.digest)
        now_ms = parts.now_ms()
        if found is None:
            return _opened(connection, viewer, key, asked, now_ms)
        return _taken(connection, viewer, found, asked, now_ms)


def step_on_case(parts: Parts, viewer: Viewer, case: int, asked: StepAsked) -> Case:
    """Take a case a step further; how it is then.

    Raises:
        NotFoundError: there is no such case to see.
        CaseError: the step is out of turn, lacks what it needs, or somebody else took one meanwhile.
    """
    with parts.database.writing() as connection:
        found = find_case(connection, viewer.scope, case)
        if found is None:
            raise NotFoundError
        return _taken(connection, viewer, found, asked, parts.now_ms())


def end_of_day_ms(typed: str, parts: Parts) -> int | None:
    """The end of a day as it was typed, in the screens' time zone; ``None`` for nothing typed.

    Raises:
        CaseError: it is no date.
    """
    if not typed:
        return None
    try:
        day = datetime.combine(date.fromisoformat(typed), time.max, parts.zone)
    except ValueError as cause:
        raise CaseError("the date is none", "日期无效") from cause
    return int(day.timestamp() * 1000)


def _opened(connection: Connection, viewer: Viewer, key: VisitKey, asked: StepAsked, now_ms: int) -> Case:
    if asked.seen_version:
        raise CaseError("the visit is in no case, and yet a version of one was seen", "该服务尚未立案，请刷新后再处理")
    opening = Step(Action.OPEN, viewer.name, now_ms, until_ms=due_at_ms(key.band, now_ms))
    steps = [opening] if asked.action is Action.OPEN else [opening, _step(viewer, asked, now_ms)]
    number = open_case(connection, key.agency, [key.digest], steps)
    return _read_again(connection, viewer, number)


def _taken(connection: Connection, viewer: Viewer, found: Case, asked: StepAsked, now_ms: int) -> Case:
    take_step(connection, found, asked.seen_version, _step(viewer, asked, now_ms))
    return _read_again(connection, viewer, found.case)


def _read_again(connection: Connection, viewer: Viewer, number: int) -> Case:
    found = find_case(connection, viewer.scope, number)
    assert found is not None, "it was written in this transaction"
    return found


def _step(viewer: Viewer, asked: StepAsked, now_ms: int) -> Step:
    note = (asked.note or "").strip() or None
    return Step(asked.action, viewer.name, now_ms, note, asked.outcome, asked.until_ms)
