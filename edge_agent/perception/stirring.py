"""On an array too coarse for shapes, how its warmth changes says whether somebody is there.

Somebody awake stirs, even under a blanket, by several times the array's noise. A bed just left keeps still and cools.
Somebody fast asleep keeps as still, and keeps warm.
"""

from math import log

import numpy as np

from edge_agent.perception.thermal_change import ThermalChange

# Arrays with fewer cells on a side.
COARSE_BELOW_CELLS = 12
# In deviations of the noise: above it people, below it empty beds and sleepers.
EITHER_WAY = 2.0
MOST, LEAST = 2.0, -0.3
# Of the warmth, between its means over about five and twenty-five blocks.
COOLING_FROM, COOLING_TO = 0.015, 0.04
COOLED = -1.5
FIRST_BLOCKS = 3
_QUICK, _SLOW = 0.2, 0.04
_WARMEST_CELLS = 3


class Stirring:
    """Evidence from the blocks of :class:`ThermalChange`, as log odds of somebody against nobody."""

    def __init__(self) -> None:
        self.log_odds = 0.0
        self._quick_k = self._slow_k = 0.0

    def learn(self, change: ThermalChange) -> None:
        """Take in the block that just ended, if one has; a cut scene is learnt anew."""
        if change.is_cut:
            self.log_odds = 0.0
        stirring = change.stirring()
        if not change.ends_block or stirring is None or change.mean is None:
            return
        warm_k = float(np.sort(change.mean, axis=None)[-_WARMEST_CELLS:].mean())
        self._quick_k = _nearer(self._quick_k, warm_k, max(1 / change.blocks, _QUICK))
        self._slow_k = _nearer(self._slow_k, warm_k, max(1 / change.blocks, _SLOW))
        if change.blocks >= FIRST_BLOCKS:
            self.log_odds = self._weighed(float(stirring.max()))

    def _weighed(self, most: float) -> float:
        stirs = min(max(2 * log(max(most, 0.1) / EITHER_WAY), LEAST), MOST)
        if most >= EITHER_WAY:
            return stirs
        cooling = (self._slow_k - self._quick_k) / max(self._quick_k, 0.1)
        return stirs + COOLED * min(max((cooling - COOLING_FROM) / (COOLING_TO - COOLING_FROM), 0.0), 1.0)


def _nearer(mean: float, newest: float, share: float) -> float:
    return mean + share * (newest - mean)
