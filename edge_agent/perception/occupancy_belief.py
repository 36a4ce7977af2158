"""What a row of frames says that one frame cannot.

Nobody comes or goes without a change in the picture: while nothing moves, frames of one scene are looks at one state,
and the model's probabilities are averaged, as the logarithms of odds are for looks that are not independent. As soon
as anything moves or the scene is cut, the frame stands for itself again.

On an array too coarse for shapes, change itself is evidence: somebody awake stirs, a bed just left cools and does not.
"""

from dataclasses import dataclass, replace
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.thermal_change import ThermalChange

NEWEST_SHARE = 0.1
SUREST = 0.999


@dataclass(frozen=True, slots=True)
class Reading:
    """The model's outputs for one frame: probabilities, and ``heat`` float32 [2, 12, 16] of lying and upright.

    ``people`` is float32 [4] of nobody, one, two, three or more.
    """

    people: NDArray[np.float32]
    bed: float
    bedside: float
    two_close: float
    lying: float
    heat: NDArray[np.float32]


class OccupancyBelief:
    """Averages readings for as long as nothing moves."""

    def __init__(self) -> None:
        self._mean: NDArray[np.float64] | None = None
        self._heat = np.zeros((2, 12, 16), np.float32)
        self._readings = 0

    def after(self, reading: Reading, change: ThermalChange) -> Reading:
        """What is to be believed once this reading has come."""
        if change.has_moved:
            self._mean, self._readings = None, 0
        self._readings += 1
        seen = _odds(reading)
        newest = max(1 / self._readings, NEWEST_SHARE)
        self._mean = seen if self._mean is None else self._mean + newest * (seen - self._mean)
        self._heat = self._heat + np.float32(newest) * (reading.heat - self._heat)
        return _reading(self._mean, self._heat)


def with_stirring(reading: Reading, log_odds: float) -> Reading:
    """The reading with so much added to the log odds of somebody being there."""
    nobody = min(max(float(reading.people[0]), 1 - SUREST), SUREST)
    odds = log(nobody / (1 - nobody)) - log_odds
    share = 1 / (1 + exp(-odds))
    others = reading.people[1:] * np.float32((1 - share) / (1 - nobody))
    return replace(reading, people=np.array([share, *others], np.float32))


def _odds(reading: Reading) -> NDArray[np.float64]:
    flags = np.array([reading.bed, reading.bedside, reading.two_close, reading.lying])
    flags = np.clip(flags, 1 - SUREST, SUREST)
    people = np.log(np.clip(reading.people, 1 - SUREST, 1))
    return np.concatenate([people, np.log(flags / (1 - flags))])


def _reading(mean: NDArray[np.float64], heat: NDArray[np.float32]) -> Reading:
    people = np.exp(mean[:4])
    bed, bedside, close, lying = (1 / (1 + np.exp(-mean[4:]))).tolist()
    return Reading((people / people.sum()).astype(np.float32), bed, bedside, close, lying, heat)
