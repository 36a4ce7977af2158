"""The fleet as JSON: each sees the devices that are theirs to see, an administrator all of them."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from ingest_server.store.fleet import FleetDevice, FleetFilter
from ingest_server.vocabulary import DeviceState
from ingest_server.web.access import Administrator, AnyViewer, viewer
from ingest_server.web.answers import FleetAnswer, answer, documented
from ingest_server.web.devices import DEVICES_A_PAGE, DeviceAct, change_device, fleet_answer
from ingest_server.web.doing import Doing
from ingest_server.web.ids import AfterMoment, AfterName, Identified, WantedId
from ingest_server.web.parts import GivenParts
from ingest_server.web.told import device_answer, hours_answer
from ingest_server.web.told_answer import DeviceAnswer, HoursAnswer

MOST_DEVICES: Final = 200
HOURS_A_PAGE: Final = 168
MOST_HOURS: Final = 1_000

router = APIRouter(prefix="/api/v1/devices", dependencies=[Depends(viewer)], tags=["devices"])


class DeviceActAsked(BaseModel):
    """What is to be done about a device."""

    model_config = {"extra": "forbid"}

    act: DeviceAct


@router.get("", responses=documented(FleetAnswer, 403, 422))
def devices(  # noqa: PLR0913, PLR0917 - each is a part of the question
    viewer: AnyViewer,
    parts: GivenParts,
    agency: WantedId = None,
    state: DeviceState | None = None,
    cursor: AfterName = None,
    limit: Annotated[int, Query(ge=1, le=MOST_DEVICES)] = DEVICES_A_PAGE,
) -> Response:
    """Enrolled devices by name: an agency's own, or all for auditors and administrators."""
    return answer(fleet_answer(parts, viewer, FleetFilter(agency, state, cursor), limit))


@router.get("/{device}", responses=documented(DeviceAnswer, 403, 404, 422))
def device(viewer: AnyViewer, parts: GivenParts, device: Identified) -> Response:
    """A device, and how it fares by its own word: unsigned, no evidence, and read by no rule."""
    return answer(device_answer(parts, viewer.fleet, device))


@router.get("/{device}/hours", responses=documented(HoursAnswer, 403, 404, 422))
def hours(
    viewer: AnyViewer,
    parts: GivenParts,
    device: Identified,
    cursor: AfterMoment = None,
    limit: Annotated[int, Query(ge=1, le=MOST_HOURS)] = HOURS_A_PAGE,
) -> Response:
    """What a device told of itself, by the hour, newest first: kept for 90 days. As unsigned as the rest."""
    return answer(hours_answer(parts, viewer.fleet, device, cursor, limit))


@router.post("/{device}/acts", responses=documented(FleetDevice, 400, 403, 404, 409, 422))
def act(
    request: Request,
    viewer: Administrator,
    parts: GivenParts,
    device: Identified,
    asked: DeviceActAsked,
) -> Response:
    """Revoke a device, whose records are then refused, or make it active again; 409 where it is so already."""
    return answer(change_device(Doing(request, parts, viewer), device, asked.act))
