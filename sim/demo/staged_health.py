"""How the demo's devices fare. Staged: nothing here is of the machine that the demo runs on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from msgspec import structs

from sim.staging.world import Home
from visit_record.bilingual import Words
from visit_record.fitted import Fault, Part, SensorState
from visit_record.health import MachineHealth, SensorHealth

FITTED: Final = (Part.CAMERA, Part.MICROPHONE, Part.THERMAL_ARRAY, Part.RECEIVER)
CARD_MB: Final = 29_800.0
DAY_S: Final = 86_400.0
# Of `vcgencmd get_throttled`: throttled and at the soft limit of temperature, now and since the start.
SLOWED_BY_HEAT: Final = 0xC000C


@dataclass(frozen=True)
class StagedHealth:
    """How one device fares, whenever it is asked; ``stays`` is whether it stays on after its first word.

    ``shows`` is what people find at once on the server's pages, ``None`` of a device that is well.
    """

    machine: MachineHealth
    sensors: tuple[SensorHealth, ...]
    stays: bool = True
    shows: Words | None = None


def staged_health(homes: Sequence[Home], lived: Sequence[Home]) -> Mapping[str, StagedHealth]:
    """How each home's device fares, by its name. Those in which a visit is lived before people's eyes are well."""
    well = {home.device: _well(home.device) for home in homes}
    others = [home.device for home in homes if home not in lived]
    ill = {device: trouble(well[device]) for device, trouble in zip(_spread(others), _TROUBLES, strict=True)}
    return well | ill


def _spread(devices: Sequence[str]) -> list[str]:
    """As many as there are troubles, so that each agency has some."""
    return [devices[place * len(devices) // len(_TROUBLES)] for place in range(len(_TROUBLES))]


def _well(device: str) -> StagedHealth:
    rng = Random(device)
    machine = MachineHealth(
        temperature_c=round(rng.uniform(43.0, 58.0), 1),
        throttled=0,
        disk_free_mb=round(rng.uniform(18_000.0, 24_000.0), 1),
        disk_total_mb=CARD_MB,
        clock_synchronised=True,
        up_s=round(rng.uniform(1.0, 40.0) * DAY_S),
    )
    return StagedHealth(machine, tuple(SensorHealth(part, SensorState.HEALTHY) for part in FITTED))


def _camera_failed(well: StagedHealth) -> StagedHealth:
    failed = SensorHealth(Part.CAMERA, SensorState.FAILED, Fault.BROKEN)
    return replace(well, sensors=(failed, *well.sensors[1:]), shows=Words("摄像头失灵", "its camera has failed"))


def _disk_nearly_full(well: StagedHealth) -> StagedHealth:
    full = structs.replace(well.machine, disk_free_mb=412.0)
    return replace(well, machine=full, shows=Words("存储空间将满", "its disk is nearly full"))


def _hot(well: StagedHealth) -> StagedHealth:
    hot = structs.replace(well.machine, temperature_c=84.2, throttled=SLOWED_BY_HEAT)
    shows = Words("过热降速，满一小时才列为异常", "hot and slowed down; out of order once it has lasted an hour")
    return replace(well, machine=hot, shows=shows)


def _gone_off(well: StagedHealth) -> StagedHealth:
    return replace(well, stays=False, shows=Words("已离线，不算异常", "gone off, which is no trouble by itself"))


_TROUBLES: Final = (_camera_failed, _disk_nearly_full, _hot, _gone_off)
