"""What a room shows with nobody in it: a cool window wall, a wardrobe, a rug. No real room is even."""

from dataclasses import dataclass

import numpy as np

from sim.thermal.bodies import Field, Grid

PIECES = 7


@dataclass(frozen=True)
class Furnishing:
    """A part of the room that is a little warmer or cooler than the rest of it, and stays so."""

    centre_m: tuple[float, float]
    half_m: tuple[float, float]
    warmer_k: float

    def rise_k(self, grid: Grid) -> Field:
        """Kelvin above the room on the fine grid, below 0 where it is cooler."""
        return grid.blob(self.centre_m, self.half_m, power=4.0) * np.float32(self.warmer_k)


def furnished(rng: np.random.Generator, view_m: tuple[float, float], spread_k: float) -> tuple[Furnishing, ...]:
    """Seven pieces anywhere in a view of (height, width) metres; ``spread_k`` is the deviation of their warmth."""
    height, width = view_m
    return tuple(
        Furnishing(
            (float(rng.uniform(0, height)), float(rng.uniform(0, width))),
            (float(rng.uniform(0.15, 0.4) * height), float(rng.uniform(0.15, 0.4) * width)),
            float(rng.normal(0, spread_k)),
        )
        for _ in range(PIECES)
    )
