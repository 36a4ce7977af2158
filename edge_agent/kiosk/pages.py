"""The pages: each shows the device as it stands when it is asked for."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, RedirectResponse, Response

from edge_agent.desk.view import OrderView
from edge_agent.errors import DeskError, Refusal
from edge_agent.kiosk.consent_texts import ABOVE_ALL, TEXTS
from edge_agent.kiosk.given import Given, given
from edge_agent.kiosk.screens import Screen

router = APIRouter()
Here = Annotated[Given, Depends(given)]


@router.get("/")
def now(here: Here) -> HTMLResponse:
    """Where things stand."""
    return here.standing()


@router.get("/orders")
def orders(here: Here) -> HTMLResponse:
    """Today's orders, though a visit may be under way: somebody comes to relieve."""
    return here.page(Screen.ORDERS, follows=False)


@router.get("/consent/{order}")
def consent(order: str, here: Here) -> HTMLResponse:
    """What is asked to be allowed, before anything is switched on."""
    wanted = _ordered(order, here)
    return here.page("consent", order=wanted, texts=TEXTS, above_all=ABOVE_ALL)


@router.get("/refuse/{item}")
def refuse(item: str, here: Here) -> Response:
    """Why an item is not given."""
    return here.page("refuse", wanted=item) if here.desk.view().visit else _back()


@router.get("/other-way")
def other_way(here: Here) -> Response:
    """The ways in besides the face."""
    return here.page("other_way", refusal=None) if here.desk.view().visit else _back()


@router.get("/consents")
def consents(here: Here) -> Response:
    """What is sensed now, each to be taken back."""
    return here.page("consents", texts=TEXTS) if here.desk.view().visit else _back()


@router.get("/leave")
def leave(here: Here) -> Response:
    """Asks once more before the visit is ended."""
    return here.page("leave") if here.desk.view().visit else _back()


def _ordered(order: str, here: Given) -> OrderView:
    found = next((one for one in here.desk.view().orders if one.order == order), None)
    if found is None:
        raise DeskError(Refusal.UNKNOWN_ORDER, order)
    return found


def _back() -> Response:
    return RedirectResponse("/", 303)
