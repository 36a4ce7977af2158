"""The form of a case: what it offers its reader, what stands in it, and what it asks for when it is sent."""

from datetime import date
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import Depends, Form
from msgspec import Struct
from sqlalchemy import Connection

from ingest_server.cases.step import Action, Outcome
from ingest_server.errors import CaseError
from ingest_server.local_days import span_of
from ingest_server.store.cases import Case
from ingest_server.web.access import Viewer
from ingest_server.web.choices import Choices, choices_of
from ingest_server.web.notes import MOST_NOTE
from ingest_server.web.parts import Parts
from ingest_server.web.recovering import day_of, fen_of
from ingest_server.web.refused import refused_as, status_of
from ingest_server.web.steps import LAST_MS, MOST_VERSION, NOBODY_OF_THE_LIST, StepAsked
from ingest_server.words.bilingual import Words
from visit_record.record import IDENTIFIER

# As long as a body may be: what is too long is refused in words, and comes back.
Text = Annotated[str, Form()]


class Typed(Struct, frozen=True):
    """What somebody typed into one of the forms; ``does`` is the button that sent it, empty before any did."""

    note: str = ""
    until: str = ""
    due: str = ""
    assignee: str = ""
    recovered: str = ""
    recovered_on: str = ""
    does: str = ""


NOTHING_TYPED: Final = Typed()


class TypedStep(Struct, frozen=True):
    """A form as it was sent: what it ``does`` is an action, after a colon with its outcome."""

    typed: Typed
    seen_version: int


async def typed_step(  # noqa: PLR0913, PLR0917 - each is a field of a form
    does: Annotated[str, Form(max_length=40)],
    seen_version: Annotated[int, Form(ge=0, le=MOST_VERSION)],
    note: Text = "",
    until: Text = "",
    due: Text = "",
    assignee: Text = "",
    recovered: Text = "",
    recovered_on: Text = "",
) -> TypedStep:
    """What was typed into the form of a step."""
    return TypedStep(Typed(note, until, due, assignee, recovered, recovered_on, does), seen_version)


Sent = Annotated[TypedStep, Depends(typed_step)]


class Desk(Struct, frozen=True):
    """The form: what may be done, what was typed, why it was refused, and with which status the page answers."""

    choices: Choices
    typed: Typed
    refused: Words | None
    status: int


def desk_of(  # noqa: PLR0913, PLR0917 - a form, and what stands in it
    connection: Connection, parts: Parts, case: Case | None, reader: Viewer, typed: Typed, refused: CaseError | None
) -> Desk:
    """The form for a reader; ``case`` is ``None`` where there is none yet."""
    return Desk(
        choices=choices_of(connection, case, reader, parts.now_ms()),
        typed=typed,
        refused=refused_as(refused),
        status=status_of(refused),
    )


def step_asked(sent: TypedStep, zone: ZoneInfo) -> StepAsked:
    """The step that a form asks for, its day being one of the screens' time zone.

    Raises:
        CaseError: there is no such step or date, or the note is too long.
    """
    action, _, outcome = sent.typed.does.partition(":")
    if action not in set(Action) or outcome not in {"", *Outcome}:
        raise CaseError("there is no such step", "没有这一操作")
    # As the field counts them: what is sent ends each line with two characters.
    note = sent.typed.note.replace("\r\n", "\n")
    if len(note) > MOST_NOTE:
        raise CaseError(f"a note has at most {MOST_NOTE} characters", f"备注最多 {MOST_NOTE} 字")
    # A day stands in the form beside every step, and is meant for this one.
    days = {Action.SNOOZE: sent.typed.until, Action.SET_DUE: sent.typed.due}
    return StepAsked(
        action=Action(action),
        seen_version=sent.seen_version,
        outcome=Outcome(outcome) if outcome else None,
        note=note,
        until_ms=_end_of_day_ms(days.get(Action(action), ""), zone),
        assignee=_name(sent.typed.assignee) if action == Action.ASSIGN else None,
        recovered_fen=fen_of(sent.typed.recovered),
        recovered_on=day_of(sent.typed.recovered_on),
    )


def _name(typed: str) -> str | None:
    if typed and not IDENTIFIER.fullmatch(typed):
        raise CaseError(*NOBODY_OF_THE_LIST)
    return typed or None


def _end_of_day_ms(typed: str, zone: ZoneInfo) -> int | None:
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
        moment = span_of(day, day, zone).until_ms - 1
    except (ValueError, OverflowError) as cause:
        raise CaseError("the date is none", "日期无效") from cause
    if not 0 <= moment <= LAST_MS:
        raise CaseError("the date is too far off", "日期过远")
    return moment
