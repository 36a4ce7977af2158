"""One part of the device tried as a visit uses it: opened by its own adapter, watched over and doubted alike."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from msgspec import structs

from edge_agent.ports import Sensor, TamperGuard
from edge_agent.readings import CameraFrame, PositionReading, Reading, SoundBlock, ThermalFrame
from edge_agent.sensor_settings import SupervisionSettings
from edge_agent.sensors.monotonic import Clock, monotonic_ms, wall_ms
from edge_agent.supervision.doubts import Doubts
from edge_agent.supervision.gathering import LiveGathering
from edge_agent.supervision.watch import SensorStatus
from edge_agent.timeline import Happening, SensorTurned
from visit_record.fitted import Fault, Part, SensorState

# A part that failed to open is opened once more: a bus that stumbles, a camera that another program just let go.
_RESTARTS = 1
# What says nothing yet may still come, until the time is up.
_MAY_PASS = frozenset({None, Fault.BROKEN, Fault.STALLED})
_READINGS = (CameraFrame, SoundBlock, ThermalFrame, PositionReading)


class Look(Protocol):
    """Folds what a part gives into figures; keeps no picture and no sound."""

    def take(self, happening: Happening) -> bool:
        """Take a reading that may be believed, or a turn of the part; whether that is enough."""
        ...


@dataclass(frozen=True)
class Trial:
    """A part and how long to wait for it; ``skipped`` is asked all the while, and ends it."""

    part: Part
    bounds: SupervisionSettings
    patience_s: float
    sensors: Sequence[Sensor[Reading]] = ()
    guards: Sequence[TamperGuard] = ()
    clock: Clock = monotonic_ms
    skipped: Callable[[], bool] = lambda: False

    def look(self, look: Look, allowed: Fault | None = None) -> SensorStatus:
        """Let it be looked at until that is enough, it fails, or the time is up; how it fares then.

        A fault that is ``allowed`` is what is waited for, as of a camera that somebody is asked to cover.
        """
        bounds = structs.replace(self.bounds, restarts=_RESTARTS)
        gathering = LiveGathering(bounds, self.clock, wall_ms, self.guards)
        until_ms, doubts = self.clock() + round(1000 * self.patience_s), Doubts(self.part)
        with closing(gathering.gather((), self.sensors, 0)) as happenings:
            for happening in happenings:
                enough = _is_believed(happening, doubts) and look.take(happening)
                if enough or _is_over(happening, allowed) or self.clock() > until_ms or self.skipped():
                    break
        (status,) = gathering.statuses()
        return status


def _is_believed(happening: Happening, doubts: Doubts) -> bool:
    if not isinstance(happening, _READINGS):
        return True
    doubts.fault_of(happening)
    return doubts.suspected is None


def _is_over(happening: Happening, allowed: Fault | None) -> bool:
    if not isinstance(happening, SensorTurned):
        return False
    return happening.state is SensorState.FAILED or happening.fault not in _MAY_PASS | {allowed}
