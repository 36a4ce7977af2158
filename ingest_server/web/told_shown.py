"""A device's own word as pages show it: with its days drawn."""

from msgspec import Struct

from ingest_server.web.strips import Strips, strips_of
from ingest_server.web.told import DAYS_SHOWN
from ingest_server.web.told_answer import DeviceAnswer


class ToldShown(Struct, frozen=True):
    """The answer of the API, and its days as strips."""

    found: DeviceAnswer
    strips: Strips


def told_shown(found: DeviceAnswer) -> ToldShown:
    """The same, drawn."""
    sensors = () if found.told is None else tuple(one.sensor for one in found.told.sensors)
    return ToldShown(found, strips_of(found.days, found.today, DAYS_SHOWN, sensors))
