"""All devices at one moment: which are out of order."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from ingest_server.fleet.trouble import TroubledDevice
from ingest_server.fleet.troubles import Device, troubled


class Fleet(Struct, frozen=True):
    """Devices with something out of order, by name; how many are in use, by agency."""

    troubled: tuple[TroubledDevice, ...]
    active: Mapping[str, int]

    def among(self, holds: Callable[[str], bool]) -> "Fleet":
        """Those of some agencies."""
        kept = tuple(device for device in self.troubled if holds(device.agency))
        return Fleet(kept, {agency: count for agency, count in self.active.items() if holds(agency)})

    @property
    def newest_first(self) -> tuple[TroubledDevice, ...]:
        """The same, by when the latest trouble of each began."""
        return tuple(sorted(self.troubled, key=lambda one: (-one.latest_ms, one.device)))

    def newly(self, since_ms: int) -> int:
        """How many have a trouble that began since then."""
        return sum(device.latest_ms >= since_ms for device in self.troubled)


def fleet_of(devices: Iterable[Device], now_ms: int) -> Fleet:
    """How devices are now."""
    active: Counter[str] = Counter()
    found: list[TroubledDevice] = []
    for device in devices:
        active[device.agency] += 1
        if (one := troubled(device, now_ms)) is not None:
            found.append(one)
    return Fleet(tuple(found), active)
