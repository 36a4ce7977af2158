"""The senses that may be used in one visit: a reading in, observations out."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from msgspec import structs

from edge_agent.errors import PerceptionError
from edge_agent.observations import AnyObservation, FaceObservation, OccupancyObservation, PositionObservation
from edge_agent.readings import CameraFrame, PositionReading, Reading, SoundBlock, ThermalFrame
from visit_record.vocabulary import Modality


@dataclass(frozen=True)
class Senses:
    """``None`` is a sense that may not or cannot be used; its readings, should any come, are dropped unseen.

    ``withdraw`` ends a sense for good where others of its sensor go on. ``lost`` says why a sense that may be used
    could not be opened; ``models`` is SHA-256 by role of the models that were used, and may grow as long as the senses
    live.
    """

    look: Callable[[CameraFrame], FaceObservation] | None = None
    hear: Callable[[SoundBlock], Iterable[AnyObservation]] | None = None
    feel_heat: Callable[[ThermalFrame], OccupancyObservation] | None = None
    locate: Callable[[PositionReading], PositionObservation] | None = None
    withdraw: Callable[[Modality], None] = lambda _sense: None
    lost: Mapping[Modality, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)

    def perceive(self, reading: Reading) -> tuple[AnyObservation, ...]:
        """What a reading says. The reading is not kept.

        Raises:
            PerceptionError: whatever a sense met, or a value that is not a number and could never be sealed. Its
                message holds nothing of the reading.
        """
        try:
            seen = tuple(self._perceived(reading))
        except Exception as cause:
            raise PerceptionError(f"perception failed: {type(cause).__name__}; see the log") from cause
        if not all(map(_is_finite, seen)):
            raise PerceptionError("perception failed: it gave a value that is not a number")
        return seen

    def _perceived(self, reading: Reading) -> Iterable[AnyObservation]:
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


def sensor_behind(reading: Reading) -> Modality:
    """The sensor that a reading came from."""
    match reading:
        case CameraFrame():
            return Modality.FACE
        case SoundBlock():
            return Modality.SOUND
        case ThermalFrame():
            return Modality.THERMAL
        case PositionReading():
            return Modality.POSITION


def _is_finite(observation: AnyObservation) -> bool:
    values = structs.astuple(observation)
    nested = (one for value in values if isinstance(value, tuple) for one in value)
    return all(math.isfinite(value) for value in (*values, *nested) if isinstance(value, float))
