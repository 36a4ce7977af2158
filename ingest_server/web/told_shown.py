"""A device's own word as pages show it: with its days drawn."""

from math import inf

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
    told = found.told
    sensors = () if told is None else tuple(one.sensor for one in told.sensors)
    disk_mb = inf if told is None or told.health is None else told.health.machine.disk_total_mb
    return ToldShown(found, strips_of(found.days, found.today, DAYS_SHOWN, sensors, disk_mb))
