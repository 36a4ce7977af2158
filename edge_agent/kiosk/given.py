"""What a request finds at hand: the desk, the zone, and the language that its browser chose."""

from dataclasses import dataclass
from datetime import tzinfo

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse

from edge_agent.kiosk import screens
from edge_agent.kiosk.tongue import Tongue, tongue_of
from edge_agent.ports import Desk


@dataclass(frozen=True)
class Given:
    """All that a page is made from; the screen itself keeps nothing."""

    desk: Desk
    zone: tzinfo
    tongue: Tongue

    def page(self, name: str, status: int = 200, **values: object) -> HTMLResponse:
        """A page of the device as it stands now."""
        view = self.desk.view()
        return HTMLResponse(screens.page(name, view, self.tongue, self.zone, **values), status)

    def standing(self, status: int = 200, **values: object) -> HTMLResponse:
        """The page that a device which stands so is on."""
        return self.page(screens.screen_of(self.desk.view()), status, **values)


def give(app: FastAPI, desk: Desk, zone: tzinfo) -> None:
    """Hand an application what its requests will find."""
    app.state.desk, app.state.zone = desk, zone


def given(request: Request) -> Given:
    """What this request finds."""
    state = request.app.state
    return Given(state.desk, state.zone, tongue_of(request))
