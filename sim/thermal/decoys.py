"""Warm things that are nobody: what an honest perception must not count."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.thermal.bodies import Field, Grid

KETTLE_HEATS_S, KETTLE_COOLS_S = 180.0, 2400.0
# Of the pot's outside, which hides its boiling water.
KETTLE_HOTTER_K = 45.0


class Decoy(Protocol):
    """A warm thing in the view."""

    def rise_k(self, grid: Grid, at_s: float) -> Field:
        """Kelvin above the room on the fine grid, at a time of the visit."""
        ...


@dataclass(frozen=True)
class HotSpot:
    """A heater or a lamp: small or long, sharp, hotter than any person, and it never moves."""

    centre_m: tuple[float, float]
    half_m: tuple[float, float] = (0.12, 0.12)
    hotter_k: float = 25.0

    def rise_k(self, grid: Grid, at_s: float) -> Field:  # noqa: ARG002
        """See :class:`Decoy`."""
        return grid.blob(self.centre_m, self.half_m, power=4.0) * np.float32(self.hotter_k)


@dataclass(frozen=True)
class Kettle:
    """Water put on three minutes before ``boils_at_s``, and left to cool after: small, and at first very hot."""

    centre_m: tuple[float, float]
    boils_at_s: float = 300.0
    half_m: tuple[float, float] = (0.1, 0.1)

    def rise_k(self, grid: Grid, at_s: float) -> Field:
        """See :class:`Decoy`."""
        since_s = at_s - self.boils_at_s
        share = np.exp(-since_s / KETTLE_COOLS_S) if since_s > 0 else max(0.0, 1 + since_s / KETTLE_HEATS_S)
        return grid.blob(self.centre_m, self.half_m, power=4.0) * np.float32(KETTLE_HOTTER_K * share)


@dataclass(frozen=True)
class SunPatch:
    """Sun on the floor: a sharp-edged rectangle that creeps across the room."""

    centre_m: tuple[float, float]
    half_m: tuple[float, float] = (0.4, 0.5)
    warmer_k: float = 3.0
    creep_m_per_h: float = 0.5

    def rise_k(self, grid: Grid, at_s: float) -> Field:
        """See :class:`Decoy`."""
        centre = (self.centre_m[0], self.centre_m[1] + self.creep_m_per_h * at_s / 3600)
        return grid.blob(centre, self.half_m, power=12.0) * np.float32(self.warmer_k)


@dataclass(frozen=True)
class Pet:
    """A cat or small dog that wanders about a place: warm, but far smaller than a person."""

    centre_m: tuple[float, float]
    warmer_k: float = 4.0
    roams_m: float = 0.4

    def rise_k(self, grid: Grid, at_s: float) -> Field:
        """See :class:`Decoy`."""
        row = self.centre_m[0] + self.roams_m * float(np.sin(at_s / 17))
        column = self.centre_m[1] + self.roams_m * float(np.sin(at_s / 23 + 1))
        return grid.blob((row, column), (0.1, 0.14)) * np.float32(self.warmer_k)
