"""Taking a case a step further, from a page or a program: the one way in which people decide."""

from contextlib import AbstractContextManager
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from ingest_server.cases.checking import puts_later
from ingest_server.cases.due import due_at_ms
from ingest_server.cases.step import AS_SAID, NEEDS_A_NOTE, Action, Outcome, Step
from ingest_server.errors import CaseError
from ingest_server.readable import A_SENTENCE, is_sentence
from ingest_server.store.cases import Case, case_of_visit, find_case, open_case, take_step
from ingest_server.store.colleagues import colleagues_of
from ingest_server.store.visits import VisitKey, find_key
from ingest_server.web.doing import Doing
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import ID_PATTERN
from ingest_server.web.notes import MOST_NOTE, kept_note
from ingest_server.web.recovering import MOST_FEN, check_recovered

MOST_VERSION = 1_000_000
LAST_MS = 4_102_444_800_000
"""2100: what is put off until later is closed instead."""
NOBODY_OF_THE_LIST = (
    "nobody of that name may take this case from you: choose one of the list",
    "不能交给此人办理，请从名单中选择",
)


class StepAsked(BaseModel):
    """A step as a program asks for it; ``seen_version`` is the version of the case that was looked at, 0 for none."""

    model_config = {"extra": "forbid"}

    action: Action
    seen_version: Annotated[int, Field(ge=0, le=MOST_VERSION)]
    outcome: Outcome | None = None
    note: Annotated[str, Field(max_length=MOST_NOTE)] | None = None
    until_ms: Annotated[int, Field(ge=0, le=LAST_MS)] | None = None
    assignee: Annotated[str, Field(pattern=ID_PATTERN)] | None = None
    recovered_fen: Annotated[int, Field(ge=-MOST_FEN, le=MOST_FEN)] | None = None
    recovered_on: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None


class OfVisit(Struct, frozen=True):
    """A visit to be decided about; ``record`` is the digest of one of several records."""

    visit: str
    record: str | None = None

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"/visits/{self.visit}" + (f"?record={self.record}" if self.record else "")


def step_on_visit(deciding: Doing, asked: StepAsked, of: OfVisit) -> Case:
    """Take the case of a visit a step further, opening it where there is none; how it is then.

    Raises:
        NotFoundError: there is no such visit to see.
        CaseError: the step is out of turn, lacks what it needs, or somebody else took one meanwhile.
    """
    with _entered(deciding, asked) as connection:
        scope = deciding.viewer.scope
        key = find_key(connection, scope, of.visit, of.record)
        if key is None:
            raise NotFoundError
        found = case_of_visit(connection, scope, key.digest)
        if found is None:
            return _opened(connection, deciding, asked, key)
        return _taken(connection, deciding, asked, found)


def step_on_case(deciding: Doing, asked: StepAsked, case: int) -> Case:
    """Take a case a step further; how it is then.

    Raises:
        NotFoundError: there is no such case to see.
        CaseError: the step is out of turn, lacks what it needs, or somebody else took one meanwhile.
    """
    with _entered(deciding, asked) as connection:
        found = find_case(connection, deciding.viewer.scope, case)
        if found is None:
            raise NotFoundError
        return _taken(connection, deciding, asked, found)


def _entered(deciding: Doing, asked: StepAsked) -> AbstractContextManager[Connection]:
    did = ":".join(filter(None, (asked.action, asked.outcome, asked.assignee)))
    return deciding.entered(did)


def _opened(connection: Connection, deciding: Doing, asked: StepAsked, key: VisitKey) -> Case:
    now_ms = deciding.parts.now_ms()
    if asked.seen_version:
        raise CaseError("the visit is in no case, and yet a version of one was seen", "该服务尚未立案，请刷新后再处理")
    due_ms = due_at_ms(key.band, now_ms)
    step = _step(connection, deciding, asked, due_ms)
    viewer = deciding.viewer
    opening = Step(Action.OPEN, viewer.name, now_ms, until_ms=due_ms, by_fund=viewer.of_fund)
    opens = step.action is Action.OPEN
    steps = [replace(step, until_ms=step.until_ms or due_ms)] if opens else [opening, step]
    return _read_again(connection, deciding, open_case(connection, key.agency, [key.digest], steps))


def _taken(connection: Connection, deciding: Doing, asked: StepAsked, found: Case) -> Case:
    step = _step(connection, deciding, asked, found.standing.due_at_ms)
    # Of a case that has other steps by now, that is what its reader is to be told.
    if found.standing.version == asked.seen_version:
        check_recovered(found, step, deciding.parts.day_zone)
    take_step(connection, found, asked.seen_version, step)
    return _read_again(connection, deciding, found.case)


def _read_again(connection: Connection, deciding: Doing, number: int) -> Case:
    found = find_case(connection, deciding.viewer.scope, number)
    assert found is not None, "it was written in this transaction"
    return found


def _step(connection: Connection, deciding: Doing, asked: StepAsked, due_ms: int | None) -> Step:
    if asked.action is Action.ACKNOWLEDGE:
        raise CaseError(
            "visits are acknowledged from the list, where nothing is alleged", "请在列表中勾选提示类服务知悉"
        )
    if asked.action is Action.ADD:
        raise CaseError("visits are added as such: choose them in the list", "请在列表中选择要并入的服务")
    now_ms = deciding.parts.now_ms()
    viewer, note = deciding.viewer, kept_note(asked.note)
    step = Step(
        action=asked.action,
        actor=viewer.name,
        at_ms=now_ms,
        note=note,
        outcome=asked.outcome,
        until_ms=asked.until_ms,
        by_fund=viewer.of_fund,
        assignee=asked.assignee,
        recovered_fen=asked.recovered_fen,
        recovered_on=asked.recovered_on,
    )
    _check_reason(step, due_ms)
    _check_assignee(connection, deciding, step)
    return step


def _check_reason(step: Step, due_ms: int | None) -> None:
    # Not in the life of a case: the steps of older cases are kept as they are, and read again.
    against = step.action in NEEDS_A_NOTE - AS_SAID or step.outcome is Outcome.IRREGULAR
    if (against or puts_later(due_ms, step)) and not is_sentence(step.note or ""):
        raise CaseError(f"this needs a note that says why: {A_SENTENCE.en}", f"须写明理由：{A_SENTENCE.zh}")


def _check_assignee(connection: Connection, deciding: Doing, step: Step) -> None:
    viewer = deciding.viewer
    if step.action is not Action.ASSIGN or step.assignee in {None, viewer.name}:
        return
    # One answer for whoever is nobody, of another agency, or shut out: which it is, is not the asker's to know.
    if step.assignee not in colleagues_of(connection, viewer.account):
        raise CaseError(*NOBODY_OF_THE_LIST)
