"""Ways to look through the device's own perceiver, and to count what it got right."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.observations import OccupancyObservation
from edge_agent.perception.bed import BedArea
from edge_agent.perception.model_store import ModelEntry, ModelStore
from edge_agent.perception.occupancy import ROLE, OccupancyPerceiver
from edge_agent.readings import ThermalFrame

RESAMPLES = 1000


def store_of(model: Path) -> ModelStore:
    """A store that holds one occupancy model, so that what is measured is what a device runs."""
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    return ModelStore(model.parent, {ROLE: ModelEntry(ROLE, model.name, digest, "", "", "", "", "")})


def in_order(frames: Iterable[ThermalFrame], model: Path, bed: BedArea | None = None) -> list[OccupancyObservation]:
    """What the model sees in frames of one scene in order of time."""
    perceiver = OccupancyPerceiver(store_of(model), bed)
    return [perceiver.perceive(frame) for frame in frames]


def one_by_one(frames: Iterable[ThermalFrame], model: Path, bed: BedArea | None = None) -> list[OccupancyObservation]:
    """What the model sees in frames each of which is the first of its scene."""
    perceiver = OccupancyPerceiver(store_of(model), bed)
    seen = []
    for frame in frames:
        perceiver.forget()
        seen.append(perceiver.perceive(frame))
    return seen


def numbered(celsius: Iterable[NDArray[np.float32]]) -> list[ThermalFrame]:
    """Frames a second apart, as ``inspect thermal`` takes those of a file."""
    return [ThermalFrame(index * 1000, cells) for index, cells in enumerate(celsius)]


def balanced_accuracy(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """Mean of the shares of positives and negatives judged rightly; NaN where either is missing."""
    if truth.all() or not truth.any():
        return float("nan")
    return float((said[truth].mean() + (~said[~truth]).mean()) / 2)


def interval(
    parts: Sequence[NDArray[np.bool_]], figure: Callable[[NDArray[np.bool_]], float], seed: int = 1
) -> tuple[float, float]:
    """The middle 95 % of a figure over whole parts drawn again with replacement, as frames of one part are alike.

    Draws that lack one of the classes, and so have no figure, are left out.
    """
    rng = np.random.default_rng(seed)
    draws = (rng.integers(len(parts), size=len(parts)) for _ in range(RESAMPLES))
    figures = [figure(np.concatenate([parts[i] for i in draw])) for draw in draws]
    low, high = np.nanpercentile(figures, [2.5, 97.5])
    return float(low), float(high)
