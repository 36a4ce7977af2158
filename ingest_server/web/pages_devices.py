"""The page of the fleet, and the one that asks whether revoking a device is meant."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest_server.errors import RefusedChangeError
from ingest_server.store.fleet import FleetFilter, find_device
from ingest_server.vocabulary import DeviceState
from ingest_server.web.access import Administrator, AnyViewer, Viewer, administrator, viewer
from ingest_server.web.devices import DEVICES_A_PAGE, DeviceAct, change_device, fleet_answer
from ingest_server.web.doing import SEE_OTHER, Doing
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import AfterName, Identified
from ingest_server.web.own_path import address_of
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.refused import refused_as, status_of
from ingest_server.web.rendering import page
from ingest_server.web.told import device_answer
from ingest_server.web.told_shown import told_shown

router = APIRouter(prefix="/devices", dependencies=[Depends(viewer)], include_in_schema=False)


@router.get("")
def devices_page(  # noqa: PLR0913, PLR0917 - each is a part of the question
    request: Request,
    viewer: AnyViewer,
    parts: GivenParts,
    agency: Annotated[str, Query(max_length=64)] = "",
    state: DeviceState | Literal[""] = "",
    cursor: AfterName = None,
) -> HTMLResponse:
    """Enrolled devices by name, and what may be done about each."""
    return _page(
        request, parts, viewer, FleetFilter(agency.strip() or None, DeviceState(state) if state else None, cursor)
    )


@router.get("/{device}/health")
def health(request: Request, viewer: AnyViewer, parts: GivenParts, device: Identified) -> HTMLResponse:
    """How a device fares by its own word; also of one that nobody has used, and for administrators."""
    return page(request, "device_health.html", told=told_shown(device_answer(parts, viewer.fleet, device)))


@router.get("/{device}/revoke", dependencies=[Depends(administrator)])
def revoking(request: Request, viewer: Administrator, parts: GivenParts, device: Identified) -> HTMLResponse:
    """What revoking a device comes to, and whether that is meant: a slip would have an honest visit refused."""
    with parts.database.reading() as connection:
        found = find_device(connection, viewer.fleet, device)
    if found is None:
        raise NotFoundError
    return page(request, "revoke.html", device=found)


@router.post("/{device}/acts")
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
        return RedirectResponse(f"/devices/{device}/revoke", SEE_OTHER)
    try:
        change_device(Doing(request, parts, viewer, SEE_OTHER), device, does)
    except RefusedChangeError as refused:
        return _page(request, parts, viewer, FleetFilter(), refused)
    return RedirectResponse("/devices", SEE_OTHER)


@router.get("/{device}/acts", dependencies=[Depends(administrator)])
def form_of_device() -> RedirectResponse:
    """Whoever opens the address of a form again is led to the page that it stands on."""
    return RedirectResponse("/devices", SEE_OTHER)


def _page(
    request: Request,
    parts: Parts,
    viewer: Viewer,
    wanted: FleetFilter,
    refused: RefusedChangeError | None = None,
) -> HTMLResponse:
    found = fleet_answer(parts, viewer, wanted, DEVICES_A_PAGE)
    asked = {"agency": wanted.agency, "state": wanted.state, "cursor": found.next_cursor}
    following = address_of("/devices", asked) if found.next_cursor else None
    values = {"found": found, "wanted": wanted, "states": tuple(DeviceState), "following": following}
    return page(request, "devices.html", status_of(refused), **values, refused=refused_as(refused))
