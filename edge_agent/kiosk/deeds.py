"""What is asked for on the pages: each form is one ask at the desk, and leads back to where things stand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from edge_agent.desk.asks import (
    Arrive,
    Ask,
    BeginItem,
    FinishItem,
    Leave,
    Pair,
    RefuseItem,
    ShowOtherwise,
    TakeBackItem,
    TryAgain,
    WithdrawConsent,
)
from edge_agent.errors import DeskError, Refusal
from edge_agent.kiosk.consenting import chosen, so_far
from edge_agent.kiosk.given import Given, given
from edge_agent.kiosk.pages import consent_page, consents_page, used_in, way_page
from edge_agent.kiosk.tongue import Tongue, remembered
from visit_record.vocabulary import IdentityMethod, Modality, ServiceRefusalReason

# By then a visit has taken what was asked; a screen that is still behind follows by itself.
TAKEN_WITHIN_S = 1.0

router = APIRouter()
Here = Annotated[Given, Depends(given)]


async def _fields(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}


@router.post("/arrive/{order}")
def arrive(order: str, here: Here, fields: Annotated[dict[str, str], Depends(_fields)]) -> Response:
    """Check in, with what was allowed; answers that do not agree are asked for once more, before anything opens.

    A field ``to`` says nothing yet: the page is wanted in that language.
    """
    if fields.get("to") in set(Tongue):
        return _consent_in(Tongue(fields["to"]), here, order, fields)
    seen, answers = here.glance(), chosen(fields)
    seen.ordered(order)
    if answers.doubt is not None:
        return consent_page(seen, order, answers)
    asked = Pair(fields.get("caregiver", ""), fields.get("recipient", ""))
    return _asked(here, Arrive(order, tuple(answers.consents()), asked))


def _consent_in(tongue: Tongue, here: Given, order: str, fields: Mapping[str, str]) -> Response:
    """The same page in a language, with what was chosen and what was said of it: nothing is checked in."""
    return remembered(tongue, consent_page(replace(here, tongue=tongue).glance(), order, so_far(fields)))


@router.post("/items/{item}/begin")
def begin(item: str, here: Here) -> Response:
    """An item is begun."""
    return _asked(here, BeginItem(item))


@router.post("/items/{item}/finish")
def finish(item: str, here: Here) -> Response:
    """An item is done."""
    return _asked(here, FinishItem(item))


@router.post("/items/{item}/slip")
def slip(item: str, here: Here) -> Response:
    """An item was begun by a slip."""
    return _asked(here, TakeBackItem(item))


@router.post("/items/{item}/refuse")
def refuse(item: str, reason: Annotated[ServiceRefusalReason, Form()], here: Here) -> Response:
    """An item is not given."""
    return _asked(here, RefuseItem(item, reason))


@router.post("/again")
def again(here: Here) -> Response:
    """Look once more at my face."""
    return _asked(here, TryAgain())


@router.post("/other-way")
def other_way(here: Here, method: Annotated[IdentityMethod, Form()], code: Annotated[str, Form()] = "") -> Response:
    """Another way in. A code that is wrong is asked for again where it was typed."""
    try:
        return _asked(here, ShowOtherwise(method, code.strip()[:64]))
    except DeskError as error:
        seen = here.glance()
        ways = seen.view.visit.ways if seen.view.visit else ()
        return way_page(seen, method, error.refusal) if method in ways else seen.standing(409, problem=error.refusal)


@router.post("/consents/withdraw")
def withdraw(here: Here, sense: Annotated[Modality | Literal["all"], Form()]) -> Response:
    """Somebody takes back what they allowed: one sense, or whatever is used now."""
    if sense != "all":
        return _asked(here, WithdrawConsent(Modality(sense)))
    refused = dict(_refused(here, used_in(here.desk.view())))
    seen = here.glance()
    # What is not used any more, as where it was lost in that moment, is closed already.
    still_open = [refused[one] for one in used_in(seen.view) if one in refused]
    return consents_page(seen, still_open[0]) if still_open else _changed(here)


@router.post("/leave")
def leave(here: Here) -> Response:
    """Check out."""
    return _asked(here, Leave())


@router.post("/language")
def language(to: Annotated[Tongue, Form()], at: Annotated[str, Form(pattern="^/([^/].*)?$")] = "/") -> Response:
    """Show this screen in a language from now on, and the page on which it was asked for."""
    return remembered(to, RedirectResponse(at, 303))


def _refused(here: Given, senses: Iterable[Modality]) -> Iterator[tuple[Modality, Refusal]]:
    """Ask to close each, and give those that could not be: none of them keeps another open."""
    for one in senses:
        try:
            here.desk.ask(WithdrawConsent(one))
        except DeskError as error:
            yield one, error.refusal


def _asked(here: Given, ask: Ask) -> Response:
    here.desk.ask(ask)
    return _changed(here)


def _changed(here: Given) -> Response:
    """Wait until something has changed: whoever asked then sees it."""
    here.desk.await_change(here.desk.view().version, TAKEN_WITHIN_S)
    return _back()


def _back() -> RedirectResponse:
    return RedirectResponse("/", 303)
