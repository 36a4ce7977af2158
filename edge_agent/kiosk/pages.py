"""The pages: each shows the device as it stands when it is asked for."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, RedirectResponse, Response

from edge_agent.kiosk.consent_texts import ABOVE_ALL, TEXTS
from edge_agent.kiosk.consenting import Chosen
from edge_agent.kiosk.given import Glance, glanced
from edge_agent.kiosk.screens import Screen

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


@router.get("/other-way")
def other_way(seen: Seen) -> Response:
    """The ways in besides the face."""
    return seen.page("other_way", refusal=None) if seen.view.visit else _back()


@router.get("/consents")
def consents(seen: Seen) -> Response:
    """What is sensed now, each to be taken back."""
    return seen.page("consents", texts=TEXTS) if seen.view.visit else _back()


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


def _back() -> Response:
    return RedirectResponse("/", 303)
