"""Who is in the room, from the frames of a thermal array of any size between 4x4 and 32x32."""

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from edge_agent.observations import OccupancyObservation
from edge_agent.perception.bed import BedArea
from edge_agent.perception.lens import LensWatch, Sight
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.occupancy_belief import Reading
from edge_agent.perception.thermal_image import (
    MODEL_COLUMNS,
    MODEL_ROWS,
    bed_mask,
    legible,
    model_image,
    room_temperature_c,
)
from edge_agent.perception.thermal_scene import Scene
from edge_agent.readings import ThermalFrame

ROLE = "occupancy"
LIKELY = 0.5
# The model is slow to call people close. Chosen on staged homes of which no figure is reported: see the card.
CLOSE = 0.3
# The longest run of identical frames in the real 4x4 recordings, at 0.1 °C, is 3; a finer array repeats none.
FROZEN_FRAMES = 30
HEAT_ROWS, HEAT_COLUMNS = 12, 16
LIES, STANDS = 0, 1


class OccupancyPerceiver:
    """Turns frames into observations; blind is not nobody.

    ``bed`` is where the bed lies, ``None`` where it was never drawn: bed and bedside are then not observed.
    ``ambient_c`` is the room's temperature from a thermometer, where there is one.

    Raises:
        ModelError: as :meth:`ModelStore.session`.
    """

    def __init__(self, store: ModelStore, bed: BedArea | None = None, ambient_c: float | None = None) -> None:
        self._session = store.session(ROLE)
        self._ambient_c = ambient_c
        self.watch(bed)

    def watch(self, bed: BedArea | None) -> None:
        """Change where the bed lies, as when it was moved in the room or drawn anew. What was learnt is forgotten."""
        mask = bed_mask(bed) if bed else np.zeros((MODEL_ROWS, MODEL_COLUMNS), np.float32)
        self._bed, self._mask = bed, mask[None, None]
        self.forget()

    def forget(self) -> None:
        """Take the next frame as the first of its scene."""
        self._last: NDArray[np.float32] | None = None
        self._repeats = 0
        self._lens = LensWatch()
        self._scene = Scene(self._bed)

    def perceive(self, frame: ThermalFrame) -> OccupancyObservation:
        """The occupancy of one frame, and of those before it while nothing moved; frames come in order of time.

        Blind where :func:`legible` says so, where 30 frames in a row were bit for bit the same, as a sensor that works
        is never without noise, and where minutes of frames show no room but a cover (:class:`LensWatch`).

        Raises:
            ValueError: the array is not between 4x4 and 32x32.
        """
        celsius = legible(frame.celsius)
        if celsius is None or self._frozen(frame.celsius) or self._covered(celsius, frame.at_ms):
            return OccupancyObservation(frame.at_ms, blind=True)
        rise = celsius - np.float32(room_temperature_c(celsius, self._ambient_c))
        shown = self._scene.shown(rise, frame.at_ms)
        return self._observation(frame, self._scene.believed(self._read(model_image(shown, 0))))

    def _frozen(self, celsius: NDArray[np.float32]) -> bool:
        same = self._last is not None and np.array_equal(self._last, celsius, equal_nan=True)
        self._repeats = self._repeats + 1 if same else 0
        self._last = celsius
        return self._repeats >= FROZEN_FRAMES

    def _covered(self, celsius: NDArray[np.float32], at_ms: int) -> bool:
        return self._lens.add(celsius, at_ms) is Sight.COVERED

    def _read(self, image: NDArray[np.float32]) -> Reading:
        people, bed, bedside, close, posture, heat = self._session.run(
            None, {"rise_k": image[None, None], "bed": self._mask}
        )
        return Reading(
            people[0], float(bed[0, 0]), float(bedside[0, 0]), float(close[0, 0]), float(posture[0, LIES]), heat[0]
        )

    def _observation(self, frame: ThermalFrame, seen: Reading) -> OccupancyObservation:
        people = _count(seen.people)
        several, anybody, lies = people > 1, people > 0, seen.lying >= LIKELY
        observed = OccupancyObservation(
            frame.at_ms,
            blind=False,
            people=people,
            two_close=several and seen.two_close >= CLOSE,
            posture=("lying" if lies else "upright") if anybody else None,
            centre=_centre(_heat(seen.heat, lies and not several), frame.celsius.shape) if anybody else None,
        )
        return self._with_bed(observed, seen) if self._bed else observed

    def _with_bed(self, observed: OccupancyObservation, seen: Reading) -> OccupancyObservation:
        occupied = bool(observed.people) and seen.bed >= LIKELY
        beside = occupied and (observed.people or 0) > 1 and seen.bedside >= LIKELY
        return structs.replace(observed, bed_occupied=occupied, caregiver_at_bedside=beside)


def _count(probabilities: NDArray[np.float32]) -> int:
    """Nobody only where that is likelier than not; else the likeliest number of people."""
    return 0 if probabilities[0] >= LIKELY else 1 + int(np.argmax(probabilities[1:]))


def _heat(heat: NDArray[np.float32], only_lies: bool) -> NDArray[np.float32]:
    """Float32 [12, 16] of whoever is most surely upright, else of whoever lies."""
    if only_lies:
        return np.asarray(heat[LIES])
    return np.asarray(heat[STANDS] if heat[STANDS].max() >= LIKELY else heat.max(axis=0))


def _centre(heat: NDArray[np.float32], shape: tuple[int, ...]) -> tuple[float, float]:
    """(row, column) in cells of the array: the centre of mass about the heat's peak."""
    peak = divmod(int(heat.argmax()), HEAT_COLUMNS)
    rows, columns = (slice(max(0, at - 1), at + 2) for at in peak)
    weights = heat[rows, columns] + np.float32(1e-6)
    down = float(np.average(np.arange(rows.start, rows.start + weights.shape[0]), weights=weights.sum(axis=1)))
    across = float(np.average(np.arange(columns.start, columns.start + weights.shape[1]), weights=weights.sum(axis=0)))
    return (down + 0.5) * shape[0] / HEAT_ROWS, (across + 0.5) * shape[1] / HEAT_COLUMNS
