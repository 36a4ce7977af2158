"""The pages: each shows the device as it stands when it is asked for."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, RedirectResponse, Response

from edge_agent.desk.view import DeskView
from edge_agent.errors import Refusal
from edge_agent.kiosk.consent_texts import ABOVE_ALL, TEXTS
from edge_agent.kiosk.consenting import Chosen
from edge_agent.kiosk.given import Glance, glanced
from edge_agent.kiosk.screens import Screen
from edge_agent.service_book import Standing
from visit_record.vocabulary import IdentityMethod, Modality

router = APIRouter()
Seen = Annotated[Glance, Depends(glanced)]


@router.get("/")
def now(seen: Seen) -> HTMLResponse:
    """Where things stand."""
    return seen.standing()


@router.get("/orders")
def orders(seen: Seen) -> HTMLResponse:
    """Today's orders, though a visit may be under way: somebody comes to relieve."""
    return seen.page(Screen.ORDERS, follows=False)


@router.get("/consent/{order}")
def consent(order: str, seen: Seen) -> HTMLResponse:
    """What is asked to be allowed, before anything is switched on."""
    return consent_page(seen, order)


@router.get("/refuse/{item}")
def refuse(item: str, seen: Seen) -> Response:
    """Why an item is not given."""
    return seen.page("refuse", wanted=item) if seen.view.visit else _back()


@router.get("/slip/{item}")
def slip(item: str, seen: Seen) -> Response:
    """Asks once more before a beginning counts no more: what was given since would be lost by another slip."""
    items = seen.view.visit.items if seen.view.visit else ()
    begun = next((one for one in items if one.item == item and one.standing is Standing.UNDER_WAY), None)
    return seen.page("slip", begun=begun) if begun else _back()


@router.get("/other-way")
def other_way(seen: Seen) -> Response:
    """The ways in besides the face; where there is one alone, that one."""
    ways = seen.view.visit.ways if seen.view.visit else ()
    return way_page(seen, ways[0] if len(ways) == 1 else None)


@router.get("/other-way/{way}")
def one_way(way: IdentityMethod, seen: Seen) -> Response:
    """One of them."""
    return way_page(seen, way)


@router.get("/consents")
def consents(seen: Seen) -> Response:
    """What is sensed now, each to be taken back."""
    return consents_page(seen)


@router.get("/leave")
def leave(seen: Seen) -> Response:
    """Asks once more before the visit is ended."""
    return seen.page("leave") if seen.view.visit else _back()


def consent_page(seen: Glance, order: str, chosen: Chosen | None = None) -> HTMLResponse:
    """The page of consent to an order; ``chosen`` is what was answered there, where that is asked once more.

    Raises:
        DeskError: there is no such order to check in to now.
    """
    allowed, doubt = (chosen.allowed, chosen.doubt) if chosen else ({}, None)
    values = {"order": seen.ordered(order), "texts": TEXTS, "above_all": ABOVE_ALL, "allowed": allowed}
    return seen.page("consent", 409 if doubt else 200, problem=doubt, **values)


def consents_page(seen: Glance, refusal: Refusal | None = None) -> Response:
    """The page on which consent is taken back; back to where things stand where there is no visit.

    ``refusal`` says why what is still used could not be closed.
    """
    if seen.view.visit is None:
        return _back()
    return replace(seen, at="/consents").page("consents", 409 if refusal else 200, problem=refusal, texts=TEXTS)


def way_page(seen: Glance, way: IdentityMethod | None, refusal: Refusal | None = None) -> Response:
    """The page of a way in, or of the choice of one; back to where things stand where there is none.

    ``refusal`` says why what was typed there opened nothing.
    """
    visit = seen.view.visit
    if visit is None or way not in {*visit.ways, None}:
        return _back()
    at = f"/other-way/{way.value}" if way else "/other-way"
    return replace(seen, at=at).page("other_way", 409 if refusal else 200, way=way, ways=visit.ways, refusal=refusal)


def used_in(view: DeskView) -> tuple[Modality, ...]:
    """The senses that are used now, each to be taken back."""
    return tuple(one.modality for one in view.visit.senses if one.is_used) if view.visit else ()


def _back() -> Response:
    return RedirectResponse("/", 303)
