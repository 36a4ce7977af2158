"""The checks of what is fitted, by the device's settings. Nothing is opened here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msgspec import structs

from edge_agent.ports import Sensor, TamperGuard
from edge_agent.readings import Reading
from edge_agent.selftest.finding import Finding, Step, not_fitted
from edge_agent.selftest.looks import CameraLook, GuardLook, SoundLook, ThermalLook
from edge_agent.selftest.position_look import PositionLook
from edge_agent.selftest.sensor_check import SensorCheck
from edge_agent.selftest.trial import Trial
from edge_agent.selftest.wires import wires_of
from edge_agent.sensor_settings import TamperSettings
from edge_agent.sensors.live import fitted, guards
from edge_agent.sensors.monotonic import wall_ms
from edge_agent.settings import Settings
from edge_agent.supervision.states import PART_OF
from visit_record.bilingual import Words
from visit_record.fitted import Part

STEP_OF = {
    Part.CAMERA: Step.CAMERA,
    Part.MICROPHONE: Step.MICROPHONE,
    Part.THERMAL_ARRAY: Step.THERMAL,
    Part.RECEIVER: Step.POSITION,
    Part.GUARD: Step.TAMPER,
}
# A camera takes seconds to open, and what is frozen is called so after its time, see supervision/doubts.py.
PATIENCE_S = {
    Part.CAMERA: 25.0,
    Part.MICROPHONE: 15.0,
    Part.THERMAL_ARRAY: 70.0,
    Part.RECEIVER: 40.0,
    Part.GUARD: 15.0,
}


@dataclass(frozen=True)
class Unfitted:
    """A part that the settings do not have."""

    part: Part
    subject: str = ""

    @property
    def step(self) -> Step:
        """Its step."""
        return STEP_OF[self.part]

    def look(self) -> Finding:
        """That there is none."""
        name = "[position]" if self.part is Part.RECEIVER else f"[{self.step}]"
        remedy = Words(f"装了的话，在设置中加入 {name}", f"if there is one, add {name} to the settings")
        return not_fitted("未配置", "not in the settings", remedy)


def fitted_checks(settings: Settings) -> Iterator[SensorCheck | Unfitted]:
    """A check for each part in the order of the walk; two where both a contact and an accelerometer are fitted."""
    sensors = {PART_OF[one.modality]: one for one in fitted(settings)}
    for part in Part:
        if part is Part.GUARD:
            continue
        sensor = sensors.get(part)
        yield sensor_check(settings, part, sensor) if sensor else Unfitted(part)
    noticed = [guard_check(settings, name, guard) for name, guard in _named_guards(settings)]
    yield from noticed
    if not noticed:
        yield Unfitted(Part.GUARD)


def sensor_check(settings: Settings, part: Part, sensor: Sensor[Reading]) -> SensorCheck:
    """The check of one sensor."""
    trial = Trial(part, settings.supervision, PATIENCE_S[part], sensors=[sensor])
    match part:
        case Part.CAMERA:
            wanted_hz = settings.camera.rate_hz if settings.camera else 1.0
            return SensorCheck(STEP_OF[part], trial, lambda: CameraLook(wanted_hz), wires_of(settings, part))
        case Part.MICROPHONE:
            return SensorCheck(STEP_OF[part], trial, SoundLook, wires_of(settings, part))
        case Part.THERMAL_ARRAY:
            return SensorCheck(STEP_OF[part], trial, ThermalLook, wires_of(settings, part))
        case _:
            home = settings.site.point if settings.site else None
            return SensorCheck(STEP_OF[part], trial, lambda: PositionLook(wall_ms, home), wires_of(settings, part))


def guard_check(settings: Settings, name: str, guard: TamperGuard) -> SensorCheck:
    """The check of one thing that notices moves."""
    trial = Trial(Part.GUARD, settings.supervision, PATIENCE_S[Part.GUARD], guards=[guard])
    return SensorCheck(Step.TAMPER, trial, GuardLook, wires_of(settings, Part.GUARD), name)


def _named_guards(settings: Settings) -> Sequence[tuple[str, TamperGuard]]:
    """Each by itself: of two, one may work."""
    tamper = settings.tamper or TamperSettings()
    contact, accelerometer = structs.replace(tamper, accelerometer=""), structs.replace(tamper, line=None)
    return [
        *(("contact", one) for one in guards(contact)),
        *(("accelerometer", one) for one in guards(accelerometer)),
    ]
