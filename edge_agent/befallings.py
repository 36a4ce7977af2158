"""What befell the device itself in one visit, gathered for its record. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from edge_agent.readings import Reading
from edge_agent.silences import MOST_TOLD, Silences
from edge_agent.supervision.states import MODALITY_OF
from edge_agent.timeline import Befalling, ClockStepped, DeviceMoved, SensorBack, SensorTurned
from edge_agent.visit_state import CarriedOff, PowerLost
from visit_record.fitted import Fault
from visit_record.vocabulary import Modality

# Of moves, and of steps of the clock: the journal tells each, the record must fit its seal.
MOST_OF_A_KIND = 3


@dataclass
class Befallings:
    """Sensors that were silent and came back, moves of the device, steps of its clock: the first few of each.

    Of being carried off and of a loss of power, the last.
    """

    silences: Silences
    back: list[SensorBack] = field(default_factory=list)
    moved_ms: list[int] = field(default_factory=list)
    clock_stepped_ms: list[int] = field(default_factory=list)
    carried_off_ms: int | None = None
    power_lost_at_ms: int | None = None
    faults: dict[Modality, Fault] = field(default_factory=dict)
    """What is wrong now with each sensor that is in trouble."""

    def heard(self, reading: Reading) -> SensorBack | None:
        """Whether a reading ends a silence."""
        return self._noted(self.silences.heard(reading))

    def take(self, befalling: Befalling | CarriedOff | PowerLost) -> SensorBack | None:
        """Gather what befell the device; whether it ends a silence."""
        match befalling:
            case DeviceMoved():
                _note(self.moved_ms, befalling.at_ms)
            case ClockStepped():
                _note(self.clock_stepped_ms, befalling.at_ms)
            case CarriedOff():
                self.carried_off_ms = befalling.at_ms
            case PowerLost():
                self.power_lost_at_ms = befalling.at_ms
            case SensorTurned():
                self._follow(befalling)
                return self._noted(self.silences.turned(befalling))
            case _:
                pass
        return None

    def recall(self, back: SensorBack) -> None:
        """Take from a journal that a sensor came back, unless what befell it has said so already."""
        if back not in self.back:
            self._noted(back)

    def silent_still(self, now_ms: int) -> Iterator[tuple[Modality, int]]:
        """Sensors that are silent and were not given up, each with since when."""
        yield from self.silences.still(now_ms).items()

    def _follow(self, turn: SensorTurned) -> None:
        sensor = MODALITY_OF.get(turn.part)
        if sensor is None:
            return
        if turn.fault is None:
            self.faults.pop(sensor, None)
        else:
            self.faults[sensor] = turn.fault

    def _noted(self, back: SensorBack | None) -> SensorBack | None:
        if back is not None:
            self.back = [*self.back, back][:MOST_TOLD]
        return back


def _note(moments_ms: list[int], at_ms: int) -> None:
    if len(moments_ms) < MOST_OF_A_KIND:
        moments_ms.append(at_ms)
