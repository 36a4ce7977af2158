"""The senses that may be used in one visit: a reading in, observations out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from edge_agent.observations import AnyObservation, FaceObservation, OccupancyObservation, PositionObservation
from edge_agent.readings import CameraFrame, PositionReading, Reading, SoundBlock, ThermalFrame


@dataclass(frozen=True)
class Senses:
    """``None`` is a sense that may not or cannot be used; its readings, should any come, are dropped unseen."""

    look: Callable[[CameraFrame], FaceObservation] | None = None
    hear: Callable[[SoundBlock], Iterable[AnyObservation]] | None = None
    feel_heat: Callable[[ThermalFrame], OccupancyObservation] | None = None
    locate: Callable[[PositionReading], PositionObservation] | None = None

    def perceive(self, reading: Reading) -> Iterable[AnyObservation]:
        """What a reading says. The reading is not kept."""
        match reading:
            case CameraFrame() if self.look:
                return (self.look(reading),)
            case SoundBlock() if self.hear:
                return self.hear(reading)
            case ThermalFrame() if self.feel_heat:
                return (self.feel_heat(reading),)
            case PositionReading() if self.locate:
                return (self.locate(reading),)
            case _:
                return ()
