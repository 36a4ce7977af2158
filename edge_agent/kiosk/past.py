"""What the device said of past visits: shown to their own caregiver, who may say that it is not right."""

from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from edge_agent.desk.asks import Contest, LookAway, LookBack, ReadOn
from edge_agent.desk.looking_back import READ_FOR_S
from edge_agent.desk.past_view import DoorView, PastView
from edge_agent.errors import DeskError, Refusal
from edge_agent.kiosk.given import Given, given
from edge_agent.kiosk.tongue import Tongue, remembered
from visit_record.note import MOST_TEXT
from visit_record.vocabulary import ContestReason

router = APIRouter(prefix="/past")
Here = Annotated[Given, Depends(given)]
Typed = Annotated[str, Form()]
# By then the desk has forgotten whoever read, and shows the door.
SHOWN_FOR_S: Final = round(READ_FOR_S) + 2


@router.get("")
def visits(here: Here, caregiver: str = "") -> HTMLResponse:
    """The visits of whoever has shown who they are, or the door to them: who comes, and then their PIN."""
    return _list(here, caregiver)


@router.post("")
def look_back(here: Here, caregiver: Typed = "", code: Typed = "") -> Response:
    """Show by a PIN who one is."""
    try:
        here.desk.ask(LookBack(caregiver, code.strip()[:64]))
    except DeskError as error:
        return _list(here, caregiver, error.refusal)
    return RedirectResponse("/past", 303)


@router.post("/done")
def look_away(here: Here) -> Response:
    """Close the book."""
    here.desk.ask(LookAway())
    return RedirectResponse("/orders", 303)


@router.post("/reading")
def reading(here: Here) -> Response:
    """Somebody has touched a page that lies open."""
    here.desk.ask(ReadOn())
    return Response(status_code=204)


@router.get("/{visit}")
def visit(here: Here, visit: str) -> Response:
    """One visit, in plain words."""
    past = here.desk.past()
    kept = past.named(visit)
    if kept is None:
        return RedirectResponse("/past", 303)
    return here.glance().page("past_visit", past=past, kept=kept, goes_after_s=SHOWN_FOR_S)


@router.get("/{visit}/contest")
def contest_form(here: Here, visit: str) -> Response:
    """The form in which somebody says what is not right."""
    return _form(here, visit) if here.desk.past().named(visit) else RedirectResponse("/past", 303)


@router.post("/{visit}/contest")
def contest(  # noqa: PLR0913, PLR0917 - each is a field of the form
    here: Here,
    visit: str,
    reason: Typed = "",
    text: Typed = "",
    caregiver: Typed = "",
    code: Typed = "",
    to: Annotated[Tongue | None, Form()] = None,
) -> Response:
    """Say so. Whatever is refused, what was typed comes back with it; also where the book was closed meanwhile.

    ``to`` says nothing yet: the form is wanted in that language, with what was typed.
    """
    typed = {"reason": reason, "text": text, "caregiver": caregiver}
    if to is not None:
        return remembered(to, _form(replace(here, tongue=to), visit, None, **typed))
    try:
        if code:
            here.desk.ask(LookBack(caregiver, code.strip()[:64]))
        if reason not in set(ContestReason):
            raise DeskError(Refusal.SAY_WHAT)
        here.desk.ask(Contest(visit, ContestReason(reason), text))
    except DeskError as error:
        return _form(here, visit, error.refusal, **typed)
    return RedirectResponse(f"/past/{visit}", 303)


def _list(here: Given, caregiver: str, refusal: Refusal | None = None) -> HTMLResponse:
    past, status = here.desk.past(), 200 if refusal is None else 409
    door = _door(past, caregiver)
    seen = replace(here.glance(), at=f"/past?caregiver={door.caregiver}" if door else "/past")
    return seen.page("past", status, past=past, refusal=refusal, door=door, goes_after_s=SHOWN_FOR_S)


def _door(past: PastView, caregiver: str) -> DoorView | None:
    """Who is asked for a PIN: whoever said so, or the only one who has one."""
    alone = past.doors[0] if len(past.doors) == 1 else None
    return next((one for one in past.doors if one.caregiver == caregiver), alone)


def _readable(here: Given) -> PastView:
    """What lies open; nothing where it cannot be read: a form that was filled in is shown all the same."""
    try:
        return here.desk.past()
    except DeskError:
        return PastView(None)


def _form(here: Given, visit: str, refusal: Refusal | None = None, **typed: str) -> HTMLResponse:
    past = _readable(here)
    blank = {"reason": "", "text": "", "caregiver": ""}
    return here.glance().page(
        "contest",
        200 if refusal is None else 409,
        past=past,
        kept=past.named(visit),
        visit=visit,
        refusal=refusal,
        most=MOST_TEXT,
        **(blank | typed),
    )
