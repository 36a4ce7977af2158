"""Train the occupancy model: staged scenes first, then staged scenes and the Omron bedroom recordings together.

    python -m models.occupancy.train --data ../shared/data                  # models/occupancy/occupancy.onnx
    python -m models.occupancy.train --data ../shared/data --leave-out      # one model a day, to build/occupancy/

Torch is needed to train, here and in ``models.care_sound.train``, and nowhere else. The staged pre-training never sees
a recording, so all folds share it.
"""

import argparse
import copy
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.occupancy.batches import Batch, Recorded, staged, staged_batches
from models.occupancy.net import OccupancyNet, export
from models.occupancy.omron import Recording, recordings

FOLDER = Path(__file__).parent
SEED = 20_240
STAGED_SCENES, STAGED_EPOCHS = 45_000, 8
MIXED_STEPS, BATCH = 800, 128
STAGED_SHARE, RECORDED_SHARE = 88, 40


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


def mixed_batches(pool: Batch, recorded: Recorded, rng: np.random.Generator) -> Iterator[Batch]:
    """Two parts staged, one recorded."""
    for batch in staged_batches(pool, STAGED_SHARE, rng):
        yield batch.joined(recorded.draw(RECORDED_SHARE, rng))


def adapted(base: OccupancyNet, pool: Batch, chosen: Sequence[Recording], seed: int) -> OccupancyNet:
    """The pre-trained network after mixed training with the chosen recordings."""
    net = copy.deepcopy(base)
    torch.manual_seed(seed)
    batches = mixed_batches(pool, Recorded(chosen), np.random.default_rng(seed))
    fit(net, batches, MIXED_STEPS, 1e-3)
    return net


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
