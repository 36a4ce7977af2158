"""The fleet: which devices somebody sees, and what an administrator does about one, from a page or a program."""

from enum import StrEnum
from typing import Final

from ingest_server.store.devices import set_state
from ingest_server.store.fleet import FleetDevice, FleetFilter, find_device, fleet_page
from ingest_server.vocabulary import DeviceState
from ingest_server.web.access import Viewer
from ingest_server.web.answers import FleetAnswer
from ingest_server.web.doing import Doing
from ingest_server.web.errors import NotFoundError
from ingest_server.web.parts import Parts

DEVICES_A_PAGE: Final = 50


class DeviceAct(StrEnum):
    """What an administrator does about a device."""

    REVOKE = "revoke"
    ACTIVATE = "activate"


AFTER: Final = {DeviceAct.REVOKE: DeviceState.REVOKED, DeviceAct.ACTIVATE: DeviceState.ACTIVE}


def fleet_answer(parts: Parts, viewer: Viewer, wanted: FleetFilter, limit: int) -> FleetAnswer:
    """A page of devices, and where the next one begins."""
    with parts.database.reading() as connection:
        found = fleet_page(connection, viewer.fleet, wanted, limit + 1)
    return FleetAnswer(tuple(found[:limit]), found[limit - 1].device if len(found) > limit else None)


def change_device(managing: Doing, device: str, act: DeviceAct) -> FleetDevice:
    """Revoke a device, or make it active again; how it is then.

    Raises:
        NotFoundError: there is no such device to see.
        RefusedChangeError: it is so already.
    """
    fleet = managing.viewer.fleet
    with managing.entered(act) as connection:
        if find_device(connection, fleet, device) is None:
            raise NotFoundError
        set_state(connection, device, AFTER[act])
        found = find_device(connection, fleet, device)
    assert found is not None, "it was there in this transaction"
    return found
