"""Train the occupancy model: staged scenes first, then staged scenes and the Omron bedroom recordings together.

    python -m models.occupancy.train --data ../shared/data                  # models/occupancy/occupancy.onnx
    python -m models.occupancy.train --data ../shared/data --leave-out      # one model a day, to build/occupancy/

Torch is needed here and nowhere else. The staged pre-training never sees a recording, so all folds share it.
"""

import argparse
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from edge_agent.perception.thermal_image import MODEL_COLUMNS, MODEL_ROWS, model_image, room_temperature_c
from models.occupancy.omron import Recording, recordings
from models.occupancy.scenes import HEAT_COLUMNS, HEAT_ROWS, Scene, scenes

FOLDER = Path(__file__).parent
SEED = 20_240
STAGED_SCENES, STAGED_EPOCHS = 45_000, 8
MIXED_STEPS, BATCH = 700, 128
AMBIENT_JITTER_K = 0.35


class OccupancyNet(nn.Module):  # type: ignore[misc]
    """Convolutions over [rise, bed] of 24x32; a heat map of where people lie and stand, and the room's summary."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv(2, 20, 5, 2), _conv(20, 28, 3, 1))
        self.heat = nn.Conv2d(28, 2, 1)
        self.deep = nn.Sequential(_conv(30, 36, 3, 2), _conv(36, 40, 3, 1), _conv(40, 48, 3, 2), _conv(48, 24, 1, 1))
        self.head = nn.Sequential(nn.Linear(24 * 12, 48), nn.ReLU(), nn.Dropout(0.1), nn.Linear(48, 9))

    def forward(self, rise_k: Tensor, bed: Tensor) -> tuple[Tensor, ...]:
        """Logits: people [N,4], bed [N,1], bedside [N,1], two close [N,1], posture [N,2], heat [N,2,12,16]."""
        scaled = torch.clamp(rise_k, -4, 16) / 4
        features = self.stem(torch.cat([scaled, bed], 1))
        heat = self.heat(features)
        deep = self.deep(torch.cat([features, torch.sigmoid(heat)], 1))
        out = self.head(deep.flatten(1))
        return out[:, :4], out[:, 4:5], out[:, 5:6], out[:, 6:7], out[:, 7:9], heat


def _conv(inputs: int, outputs: int, kernel: int, stride: int) -> nn.Sequential:
    layer = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(outputs), nn.ReLU())


class Probabilities(nn.Module):  # type: ignore[misc]
    """The network as the device runs it: probabilities instead of logits."""

    def __init__(self, net: OccupancyNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, rise_k: Tensor, bed: Tensor) -> tuple[Tensor, ...]:
        """See the model card for the outputs."""
        people, *others = self.net(rise_k, bed)
        return (torch.softmax(people, 1), *(torch.sigmoid(other) for other in others))


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
    bed = scene.bed.mask(MODEL_ROWS, MODEL_COLUMNS) if knows_bed else np.zeros((MODEL_ROWS, MODEL_COLUMNS))
    upright = scene.people > int(scene.lying)
    told = (scene.bed_occupied, scene.bedside, scene.two_close, scene.lying, upright)
    flags = np.array([np.nan if flag is None else float(flag) for flag in told], np.float32)
    if not knows_bed:
        flags[:2] = np.nan
    if scene.people == 0:
        flags[3:] = np.nan
    return image, bed.astype(np.float32)[None], np.array(scene.people), flags, scene.heat()


class Recorded:
    """Draws batches from recordings, every (day, presence, posture) group as often as its fellows."""

    def __init__(self, chosen: Sequence[Recording]) -> None:
        self._nobody = [r for r in chosen if not r.present and len(r.celsius)]
        self._somebody = [r for r in chosen if r.present and len(r.celsius)]

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
        group = self._nobody if rng.random() < 0.4 else self._somebody
        recording = group[int(rng.integers(len(group)))]
        cells = np.rot90(recording.celsius[int(rng.integers(len(recording.celsius)))], int(rng.integers(4)))
        cells = cells[::-1] if rng.random() < 0.5 else cells
        room_c = room_temperature_c(cells)
        cells = room_c + (cells - room_c) * rng.uniform(0.92, 1.1) + rng.normal(0, 0.08, (4, 4))
        image = model_image(cells.astype(np.float32), room_c + float(rng.normal(0, 0.2)))[None].astype(np.float32)
        flags = np.full(5, np.nan, np.float32)
        flags[2] = 0.0
        if recording.present:
            flags[3:] = recording.lying, not recording.lying
        return image, np.array(int(recording.present)), flags


def loss_of(net: OccupancyNet, batch: Batch) -> Tensor:
    """Cross-entropy of the count, of every known flag, and of the heat map where one is known."""
    people, *flags, heat = net(batch.rise_k, batch.bed)
    logits = torch.cat(flags, 1)
    known = ~torch.isnan(batch.flags)
    flag_loss = functional.binary_cross_entropy_with_logits(logits[known], batch.flags[known])
    cells = functional.binary_cross_entropy_with_logits(heat, batch.heat, reduction="none").mean((1, 2, 3))
    heat_loss = (cells * batch.mapped).sum() / batch.mapped.sum().clamp(min=1)
    return functional.cross_entropy(people, batch.people, label_smoothing=0.02) + flag_loss + 4 * heat_loss


def fit(net: OccupancyNet, batches: Iterator[Batch], steps: int, peak_rate: float) -> None:
    """AdamW under a one-cycle schedule."""
    optimiser = torch.optim.AdamW(net.parameters(), peak_rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, peak_rate, total_steps=steps, pct_start=0.15)
    net.train()
    for step, batch in zip(range(steps), batches, strict=False):
        optimiser.zero_grad()
        loss = loss_of(net, batch)
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 200 == 0:
            print(f"step {step}/{steps} loss {loss.item():.3f}", flush=True)  # noqa: T201
    net.eval()


def staged_batches(pool: Batch, size: int, rng: np.random.Generator) -> Iterator[Batch]:
    """Random batches of the pool, mirrored at random, without end."""
    while True:
        batch = pool.take(torch.from_numpy(rng.integers(len(pool.people), size=size)))
        for axis in (2, 3):
            batch = batch.flipped(axis) if rng.random() < 0.5 else batch
        yield batch


def mixed_batches(pool: Batch, recorded: Recorded, rng: np.random.Generator) -> Iterator[Batch]:
    """Two thirds staged, one third recorded."""
    for batch in staged_batches(pool, BATCH * 2 // 3, rng):
        yield batch.joined(recorded.draw(BATCH // 3, rng))


def adapted(base: OccupancyNet, pool: Batch, chosen: Sequence[Recording], seed: int) -> OccupancyNet:
    """The pre-trained network after mixed training with the chosen recordings."""
    net = copy.deepcopy(base)
    torch.manual_seed(seed)
    batches = mixed_batches(pool, Recorded(chosen), np.random.default_rng(seed))
    fit(net, batches, MIXED_STEPS, 1e-3)
    return net


def export(net: OccupancyNet, path: Path) -> None:
    """Write the network as ONNX, opset 17, batch size free."""
    path.parent.mkdir(parents=True, exist_ok=True)
    inputs = (torch.zeros(1, 1, MODEL_ROWS, MODEL_COLUMNS), torch.zeros(1, 1, MODEL_ROWS, MODEL_COLUMNS))
    names = ["people", "bed_occupied", "bedside", "two_close", "posture", "heat"]
    torch.onnx.export(
        Probabilities(net).eval(),
        inputs,
        str(path),
        input_names=["rise_k", "bed"],
        output_names=names,
        dynamic_axes={name: {0: "n"} for name in ("rise_k", "bed", *names)},
        opset_version=17,
        dynamo=False,
    )


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--leave-out", action="store_true", help="one model for each day left out")
    parser.add_argument("--scenes", type=int, default=STAGED_SCENES)
    parser.add_argument("--build", type=Path, default=Path("build/occupancy"))
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    pool = staged(SEED, asked.scenes)
    base = OccupancyNet().to(memory_format=torch.channels_last)
    steps = asked.scenes * STAGED_EPOCHS // BATCH
    fit(base, staged_batches(pool, BATCH, np.random.default_rng(SEED)), steps, 3e-3)
    export(base, asked.build / "staged_only.onnx")
    chosen = list(recordings(asked.data))
    days = sorted({r.day for r in chosen}) if asked.leave_out else []
    for day in days:
        kept = [r for r in chosen if r.day != day]
        export(adapted(base, pool, kept, SEED), asked.build / f"without_{day}.onnx")
    export(adapted(base, pool, chosen, SEED), FOLDER / "occupancy.onnx")


if __name__ == "__main__":
    main()
