"""The fleet, as a page and as JSON: each sees the devices that are theirs to see, an administrator all of them."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest_server.errors import RefusedChangeError
from ingest_server.store.devices import set_state
from ingest_server.store.fleet import FleetDevice, FleetFilter, find_device, fleet_page
from ingest_server.vocabulary import DeviceState
from ingest_server.web.access import Administrator, AnyViewer, Viewer, administrator, viewer
from ingest_server.web.answers import FleetAnswer, answer, documented
from ingest_server.web.doing import Doing
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import AfterName, WantedId
from ingest_server.web.own_path import address_of
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.refused import refused_as, status_of
from ingest_server.web.rendering import page
from ingest_server.web.subjects import Identified

DEVICES_A_PAGE, MOST_DEVICES = 50, 200
DONE: Final = 303

api = APIRouter(prefix="/api/v1/devices", dependencies=[Depends(viewer)], tags=["devices"])
pages = APIRouter(prefix="/devices", dependencies=[Depends(viewer)], include_in_schema=False)


class DeviceAct(StrEnum):
    """What an administrator does about a device."""

    REVOKE = "revoke"
    ACTIVATE = "activate"


AFTER: Final = {DeviceAct.REVOKE: DeviceState.REVOKED, DeviceAct.ACTIVATE: DeviceState.ACTIVE}


class DeviceActAsked(BaseModel):
    """What is to be done about a device."""

    model_config = {"extra": "forbid"}

    act: DeviceAct


@api.get("", responses=documented(FleetAnswer, 403, 422))
def devices(  # noqa: PLR0913, PLR0917 - each is a part of the question
    viewer: AnyViewer,
    parts: GivenParts,
    agency: WantedId = None,
    state: DeviceState | None = None,
    cursor: AfterName = None,
    limit: Annotated[int, Query(ge=1, le=MOST_DEVICES)] = DEVICES_A_PAGE,
) -> Response:
    """Enrolled devices by name: an agency's own, or all for auditors and administrators."""
    return answer(_read(parts, viewer, FleetFilter(agency, state, cursor), limit))


@api.post("/{device}/acts", responses=documented(FleetDevice, 400, 403, 404, 409, 422))
def act(
    request: Request,
    viewer: Administrator,
    parts: GivenParts,
    device: Identified,
    asked: DeviceActAsked,
) -> Response:
    """Revoke a device, whose records are then refused, or make it active again; 409 where it is so already."""
    return answer(_change(Doing(request, parts, viewer), device, asked.act))


@pages.get("")
def devices_page(  # noqa: PLR0913, PLR0917 - each is a part of the question
    request: Request,
    viewer: AnyViewer,
    parts: GivenParts,
    agency: Annotated[str, Query(max_length=64)] = "",
    state: DeviceState | Literal[""] = "",
    cursor: AfterName = None,
) -> HTMLResponse:
    """The same for people."""
    return _page(
        request, parts, viewer, FleetFilter(agency.strip() or None, DeviceState(state) if state else None, cursor)
    )


@pages.get("/{device}/revoke", dependencies=[Depends(administrator)])
def revoking(request: Request, viewer: Administrator, parts: GivenParts, device: Identified) -> HTMLResponse:
    """What revoking a device comes to, and whether that is meant: a slip would have an honest visit refused."""
    with parts.database.reading() as connection:
        found = find_device(connection, viewer.fleet, device)
    if found is None:
        raise NotFoundError
    return page(request, "revoke.html", device=found)


@pages.post("/{device}/acts")
def act_of_form(  # noqa: PLR0913, PLR0917 - each is a part of the form
    request: Request,
    viewer: Administrator,
    parts: GivenParts,
    device: Identified,
    does: Annotated[DeviceAct, Form()],
    meant: Annotated[Literal["", "1"], Form()] = "",
) -> Response:
    """Revoke a device, once that is said to be meant, or make it active again; or say why not."""
    if does is DeviceAct.REVOKE and not meant:
        return RedirectResponse(f"/devices/{device}/revoke", DONE)
    try:
        _change(Doing(request, parts, viewer, DONE), device, does)
    except RefusedChangeError as refused:
        return _page(request, parts, viewer, FleetFilter(), refused)
    return RedirectResponse("/devices", DONE)


@pages.get("/{device}/acts", dependencies=[Depends(administrator)])
def form_of_device() -> RedirectResponse:
    """Whoever opens the address of a form again is led to the page that it stands on."""
    return RedirectResponse("/devices", DONE)


def _read(parts: Parts, viewer: Viewer, wanted: FleetFilter, limit: int) -> FleetAnswer:
    with parts.database.reading() as connection:
        found = fleet_page(connection, viewer.fleet, wanted, limit + 1)
    return FleetAnswer(tuple(found[:limit]), found[limit - 1].device if len(found) > limit else None)


def _change(managing: Doing, device: str, act: DeviceAct) -> FleetDevice:
    fleet = managing.viewer.fleet
    with managing.entered(act) as connection:
        if find_device(connection, fleet, device) is None:
            raise NotFoundError
        set_state(connection, device, AFTER[act])
        found = find_device(connection, fleet, device)
    assert found is not None, "it was there in this transaction"
    return found


def _page(
    request: Request,
    parts: Parts,
    viewer: Viewer,
    wanted: FleetFilter,
    refused: RefusedChangeError | None = None,
) -> HTMLResponse:
    found = _read(parts, viewer, wanted, DEVICES_A_PAGE)
    asked = {"agency": wanted.agency, "state": wanted.state, "cursor": found.next_cursor}
    following = address_of("/devices", asked) if found.next_cursor else None
    values = {"found": found, "wanted": wanted, "states": tuple(DeviceState), "following": following}
    return page(request, "devices.html", status_of(refused), **values, refused=refused_as(refused))
