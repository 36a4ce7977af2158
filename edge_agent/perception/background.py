"""Warmth that belongs to the room: sun on the floor, a heater, a kettle left to cool.

Learnt slowly and outside the bed only, where it has kept perfectly still for minutes: people stir even at rest. Cells
that still show it are shown to the model as room; cells that show anything else are left as they are.
"""

import numpy as np

from edge_agent.perception.thermal_change import ThermalChange, about
from edge_agent.perception.thermal_image import Cells

# Fewer cells a side do not tell somebody's stirring from noise.
FEWEST_CELLS = 12
# Somebody at rest is told from sun by a mean of so many frames a block, not by one.
FEWEST_FRAMES = 3
STILL_MS = 300_000
# What moved, or had somebody moving beside it, must keep still for so long: people sit down, sun does not.
STILL_AFTER_MOVING_MS = 900_000
STIRRING = 1.3
WARM_K = 0.6
NEWEST_SHARE = 0.3


class Background:
    """What has kept still of one view; ``bed`` is the bed's mask in cells of the array."""

    def __init__(self, bed: Cells) -> None:
        self._away = bed == 0
        self._still_ms: Cells | None = None
        self._level = np.zeros_like(bed)

    def learn(self, change: ThermalChange) -> None:
        """Take in the block that just ended, if one has; a cut scene is learnt anew."""
        if change.is_cut:
            self._still_ms = None
        stirring = change.stirring()
        if not change.ends_block or change.block_frames < FEWEST_FRAMES or stirring is None or change.mean is None:
            return
        if self._still_ms is None:
            self._still_ms, self._level = np.zeros_like(change.mean), change.mean.copy()
        self._age(change, stirring, change.mean)

    def _age(self, change: ThermalChange, stirring: Cells, mean: Cells) -> None:
        still_ms = self._still_ms + np.float32(change.block_ms)
        kept = self._kept(mean, change.noise_k)
        learnt = self._still_ms >= STILL_MS
        stirs = about(stirring > STIRRING)
        # What is learnt already stays so while somebody passes before it.
        self._still_ms = np.where(stirs & ~learnt, np.float32(STILL_MS - STILL_AFTER_MOVING_MS), still_ms)
        self._still_ms = np.where(learnt & ~kept, np.float32(STILL_MS - STILL_AFTER_MOVING_MS), self._still_ms)
        self._level = np.where(kept, self._level + NEWEST_SHARE * (mean - self._level), mean).astype(np.float32)

    def without(self, rise: Cells, noise_k: float) -> Cells:
        """The frame's kelvin above the room with what belongs to the room taken out."""
        if self._still_ms is None:
            return rise
        known = (self._still_ms >= STILL_MS) & (self._level > WARM_K) & self._away & self._kept(rise, noise_k)
        return np.where(known, np.float32(0), rise) if known.any() else rise

    def _kept(self, rise: Cells, noise_k: float) -> Cells:
        kept: Cells = np.abs(rise - self._level) < max(0.3, 4 * noise_k)
        return kept
