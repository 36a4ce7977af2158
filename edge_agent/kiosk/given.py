"""What a request finds at hand: the desk, the zone, and the language that its browser chose."""

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse

from edge_agent.desk.view import DeskView, OrderView
from edge_agent.errors import DeskError, Refusal
from edge_agent.kiosk import screens
from edge_agent.kiosk.tongue import Tongue, tongue_of
from edge_agent.ports import Desk

# A page that was left holds its thread until its wait is up: asyncio's own threads, six on four cores, are soon gone.
MOST_FOLLOWERS: Final = 64
_CHOOSE_ANOTHER: Final = {Refusal.UNKNOWN_ORDER, Refusal.OTHERS_ORDER}


@dataclass(frozen=True)
class Glance:
    """The device at one moment. A page is made from one: between two of them a visit may begin or end.

    ``at`` is where a page that is made now can be had once more.
    """

    view: DeskView
    zone: tzinfo
    tongue: Tongue
    at: str

    def page(self, name: str, status: int = 200, **values: object) -> HTMLResponse:
        """A page of the device as it stood then."""
        return HTMLResponse(screens.page(name, self.view, self.tongue, self.zone, at=self.at, **values), status)

    def standing(self, status: int = 200, **values: object) -> HTMLResponse:
        """The page that a device which stands so is on."""
        return replace(self, at="/").page(screens.screen_of(self.view), status, **values)

    def refused(self, refusal: Refusal) -> HTMLResponse:
        """What cannot be had is said where things stand; where another order is to be chosen, on the page of them."""
        if refusal in _CHOOSE_ANOTHER:
            return replace(self, at="/orders").page(screens.Screen.ORDERS, 409, problem=refusal, follows=False)
        return self.standing(409, problem=refusal)

    def ordered(self, order: str) -> OrderView:
        """One of the orders that may be checked in to now.

        Raises:
            DeskError: it is none of them.
        """
        found = next((one for one in self.view.orders if one.order == order), None)
        if found is None:
            raise DeskError(Refusal.UNKNOWN_ORDER, order)
        return found


@dataclass(frozen=True)
class Given:
    """All that is asked at and told by; ``at`` is the address that was asked for. The screen itself keeps nothing.

    ``followers`` wait for changes, each in a thread.
    """

    desk: Desk
    followers: Executor
    zone: tzinfo
    tongue: Tongue
    at: str

    def glance(self) -> Glance:
        """How things stand now."""
        return Glance(self.desk.view(), self.zone, self.tongue, self.at)


def give(app: FastAPI, desk: Desk, zone: tzinfo) -> None:
    """Hand an application what its requests will find."""
    app.state.desk, app.state.zone = desk, zone
    app.state.followers = ThreadPoolExecutor(MOST_FOLLOWERS, "follower")


def given(request: Request) -> Given:
    """What this request finds."""
    state = request.app.state
    at = str(request.url.replace(scheme="", netloc=""))
    return Given(state.desk, state.followers, state.zone, tongue_of(request), at)


def glanced(request: Request) -> Glance:
    """How things stand for this request: looked at once."""
    return given(request).glance()
