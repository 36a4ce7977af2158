"""A thermal array whose lens is covered: tape, a cloth, a hand that holds it shut."""

from collections.abc import Iterator

import numpy as np

from edge_agent.readings import ThermalFrame


def covered_frames(
    seed: int, shape: tuple[int, int] = (24, 32), frames: int = 600, rate_hz: float = 1.0, offsets_k: float = 0.1
) -> Iterator[ThermalFrame]:
    """Frames of [rows, columns] °C of an even cover that drifts by up to a kelvin, with a slope, offsets and noise.

    Slope, drift and noise are drawn by the seed; ``offsets_k`` is the deviation of the cells' own errors.
    """
    rng = np.random.default_rng([seed, 0xC0FE])
    down, across = (np.linspace(-1, 1, side) * rng.normal(0, 0.15) for side in shape)
    still = rng.uniform(18, 33) + np.add.outer(down, across) + rng.normal(0, offsets_k, shape)
    noise_k, drift_k, phase = rng.uniform(0.03, 0.3), rng.uniform(0, 1), rng.uniform(0, 6.3)
    for index in range(frames):
        at_s = index / rate_hz
        cells = still + drift_k * np.sin(at_s / 900 + phase) + rng.normal(0, noise_k, shape)
        yield ThermalFrame(round(at_s * 1000), cells.astype(np.float32))
