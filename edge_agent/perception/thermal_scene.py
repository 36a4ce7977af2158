"""What is remembered of one view from frame to frame."""

from edge_agent.perception.background import FEWEST_CELLS, Background
from edge_agent.perception.bed import BedArea
from edge_agent.perception.occupancy_belief import OccupancyBelief, Reading, with_stirring
from edge_agent.perception.stirring import COARSE_BELOW_CELLS, Stirring
from edge_agent.perception.thermal_change import ThermalChange
from edge_agent.perception.thermal_image import Cells, bed_mask


class Scene:
    """A view and its bed: each frame goes in by :meth:`shown`, and what the model read of it by :meth:`believed`."""

    def __init__(self, bed: BedArea | None) -> None:
        self._bed = bed
        self._change = ThermalChange()
        self._belief = OccupancyBelief()
        self._stirring = Stirring()
        self._background: Background | None = None
        self._shape: tuple[int, ...] = ()

    def shown(self, rise: Cells, at_ms: int) -> Cells:
        """What the model is to see of a frame of kelvin above the room: the frame without what belongs to the room."""
        self._change.add(rise, at_ms)
        if rise.shape != self._shape:
            self._shape, self._background = rise.shape, self._background_of(rise.shape)
        if min(rise.shape) < COARSE_BELOW_CELLS:
            self._stirring.learn(self._change)
        if self._background is None:
            return rise
        self._background.learn(self._change)
        return self._background.without(rise, self._change.noise_k)

    def believed(self, reading: Reading) -> Reading:
        """What is to be believed after the frame last shown."""
        seen = self._belief.after(reading, self._change)
        return with_stirring(seen, self._stirring.log_odds) if min(self._shape) < COARSE_BELOW_CELLS else seen

    def _background_of(self, shape: tuple[int, ...]) -> Background | None:
        """Without a bed there is none to be learnt: whoever sleeps keeps as still as the room."""
        if self._bed is None or min(shape) < FEWEST_CELLS:
            return None
        return Background(bed_mask(self._bed, *shape))
