"""What the occupancy network learns from: staged scenes and recordings, as batches of tensors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from edge_agent.perception.thermal_image import MODEL_COLUMNS, MODEL_ROWS, bed_mask, model_image, room_temperature_c
from models.occupancy.omron import UNDER_A_BLANKET, Recording
from models.occupancy.scenes import HEAT_COLUMNS, HEAT_ROWS, Scene, scenes

AMBIENT_JITTER_K = 0.35


@dataclass
class Batch:
    """Inputs and targets. A target of NaN, or a heat map whose ``mapped`` is 0, is not learnt from.

    ``flags`` is float32 [N,5]: bed, bedside, two close, lying, upright; ``people`` is 0..3.
    """

    rise_k: Tensor
    bed: Tensor
    people: Tensor
    flags: Tensor
    heat: Tensor
    mapped: Tensor

    def take(self, index: Tensor) -> "Batch":
        """The rows of an index."""
        return Batch(*(part[index] for part in vars(self).values()))

    def joined(self, other: "Batch") -> "Batch":
        """Both batches as one."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Batch(*(torch.cat(pair) for pair in pairs))

    def flipped(self, axis: int) -> "Batch":
        """Mirrored up-down (2) or left-right (3)."""
        return Batch(
            self.rise_k.flip(axis), self.bed.flip(axis), self.people, self.flags, self.heat.flip(axis), self.mapped
        )


def staged(seed: int, count: int) -> Batch:
    """Staged scenes as one batch; one in eight is shown without its bed."""
    rng = np.random.default_rng(seed + 1)
    rows = [_staged_row(scene, rng) for scene in scenes(seed, count)]
    rise, bed, people, flags, heat = (np.stack(column) for column in zip(*rows, strict=True))
    as_tensor = torch.from_numpy
    told = as_tensor(people), as_tensor(flags), as_tensor(heat)
    return Batch(as_tensor(rise), as_tensor(bed), *told, torch.ones(count))


def _staged_row(scene: Scene, rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
    room_c = room_temperature_c(scene.celsius) + float(rng.normal(0, AMBIENT_JITTER_K))
    image = model_image(scene.celsius, room_c)[None].astype(np.float32)
    knows_bed = rng.random() > 1 / 8
    bed = bed_mask(scene.bed) if knows_bed else np.zeros((MODEL_ROWS, MODEL_COLUMNS))
    upright = scene.people > int(scene.lying)
    told = (scene.bed_occupied, scene.bedside, scene.two_close, scene.lying, upright)
    flags = np.array([np.nan if flag is None else float(flag) for flag in told], np.float32)
    if not knows_bed:
        flags[:2] = np.nan
    if scene.people == 0:
        flags[3:] = np.nan
    return image, bed.astype(np.float32)[None], np.array(scene.people), flags, scene.heat()


class Recorded:
    """Draws nobody as often as somebody, and within both every file as often as any other, but for what is hardest.

    Files of somebody under a blanket come twice as often, and early frames of nobody more often than late ones: there
    the bed was just left, and the last hour of a night is one picture.
    """

    def __init__(self, chosen: Sequence[Recording]) -> None:
        self._nobody = [r for r in chosen if not r.present and len(r.celsius)]
        somebody = [r for r in chosen if r.present and len(r.celsius)]
        self._somebody = somebody + [r for r in somebody if r.posture == UNDER_A_BLANKET]

    def draw(self, count: int, rng: np.random.Generator) -> Batch:
        """A batch of frames turned, mirrored, warmed, cooled and made noisier at random; no bed is known."""
        rows = [self._row(rng) for _ in range(count)]
        rise, people, flags = (np.stack(column) for column in zip(*rows, strict=True))
        return Batch(
            torch.from_numpy(rise),
            torch.zeros(count, 1, MODEL_ROWS, MODEL_COLUMNS),
            torch.from_numpy(people),
            torch.from_numpy(flags),
            torch.zeros(count, 2, HEAT_ROWS, HEAT_COLUMNS),
            torch.zeros(count),
        )

    def _row(self, rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        group = self._nobody if rng.random() < 0.5 else self._somebody
        recording = group[int(rng.integers(len(group)))]
        at = rng.random() if recording.present else rng.random() ** 2
        cells = np.rot90(recording.celsius[int(at * len(recording.celsius))], int(rng.integers(4)))
        cells = cells[::-1] if rng.random() < 0.5 else cells
        room_c = room_temperature_c(cells)
        cells = room_c + (cells - room_c) * rng.uniform(0.92, 1.1) + rng.normal(0, 0.08, (4, 4))
        image = model_image(cells.astype(np.float32), room_c + float(rng.normal(0, 0.2)))[None].astype(np.float32)
        flags = np.full(5, np.nan, np.float32)
        flags[2] = 0.0
        if recording.present:
            flags[3:] = recording.lying, not recording.lying
        return image, np.array(int(recording.present)), flags


def staged_batches(pool: Batch, size: int, rng: np.random.Generator) -> Iterator[Batch]:
    """Random batches of the pool, mirrored at random, without end."""
    while True:
        batch = pool.take(torch.from_numpy(rng.integers(len(pool.people), size=size)))
        for axis in (2, 3):
            batch = batch.flipped(axis) if rng.random() < 0.5 else batch
        yield batch
