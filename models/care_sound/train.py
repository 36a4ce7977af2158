"""Train the care-sound model and write its ONNX.

    python -m models.care_sound.train --data ../shared/data --yamnet ../shared/models/yamnet.onnx

The student begins from YAMNet's first layers. It learns the cues from labelled clips, and YAMNet's own opinion of the
same sounds undisturbed (Hinton et al. 2015), while what it hears is mixed, carried through rooms, covered with noise.
Four more students, each without a quarter of the sources, tell how raw logits are to be read (``calibrate``).
"""

import argparse
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from edge_agent.perception.sound import level_dbfs
from models.care_sound import front_end as fe
from models.care_sound.calibrate import HeardClip, Line, file_confidence, fitted
from models.care_sound.data import FOLDS, LEARNT_FROM, Clip, Split, fold_of, kitchen20, librispeech, synthetic
from models.care_sound.figures import REAL_CUES, report
from models.care_sound.mixing import Example, Mixer, example
from models.care_sound.net import CONVOLUTIONS, NEPERS_PER_DB, Student, export
from models.care_sound.yamnet import Yamnet, convolutions

BATCH = 64
SYNTHETIC_TAKES = 60
SHARES = (0.62, 0.12, 0.26)
# Edges and textures of the first layers are YAMNet's own; what is built from them is learnt anew.
FROZEN_CONVOLUTIONS = 5
TRUNK_RATE, HEAD_RATE = 5e-4, 3e-3
TEACHER_WEIGHT = 8.0
KEPT_AVERAGE = 0.995


class Ear:
    """Log-mel of a batch of waveforms by the Fourier transform, fast enough to train with."""

    def __init__(self) -> None:
        self._window = torch.from_numpy(fe.hann()).float()
        table = fe.mel_filters()
        used = np.arange(fe.FFT_SAMPLES // 2 + 1)[fe.used_bins()]
        filters = np.zeros((fe.FFT_SAMPLES // 2 + 1, fe.MELS), np.float32)
        filters[[*used[used % 2 == 0], *used[used % 2 == 1]]] = table
        self._filters = torch.from_numpy(filters)

    def __call__(self, waveform: Tensor) -> Tensor:
        """[N, 15360] to [N, frames, 64] in dB."""
        frames = waveform.unfold(1, fe.FRAME_SAMPLES, fe.HOP_SAMPLES) * self._window
        magnitude = torch.fft.rfft(frames, fe.FFT_SAMPLES).abs()
        return torch.log(magnitude @ self._filters + fe.FLOOR) / NEPERS_PER_DB


def masked(log_mel: Tensor, rng: np.random.Generator) -> Tensor:
    """SpecAugment (Park et al. 2019): one band and one stretch of each window are hidden under its mean."""
    mean = log_mel.mean((1, 2))
    for one, level in zip(log_mel, mean, strict=True):
        band, frame = rng.integers(fe.MELS - 10), rng.integers(fe.FRAMES - 20)
        one[:, band : band + rng.integers(11)] = level
        one[frame : frame + rng.integers(21)] = level
    return log_mel


def loss_of(student: Student, log_mel: Tensor, labels: Tensor, known: Tensor, scores: Tensor) -> Tensor:
    """Cross-entropy over the known labels, and over the teacher's classes by its scores."""
    cues, classes = student(log_mel)
    by_cue = functional.binary_cross_entropy_with_logits(cues, labels * 0.96 + 0.02, reduction="none")
    by_class = functional.binary_cross_entropy_with_logits(classes, scores)
    return (by_cue * known).sum() / known.sum() + TEACHER_WEIGHT * by_class


def train(mixer: Mixer, student: Student, steps: int, rng: np.random.Generator) -> Student:
    """AdamW under one cycle; what is returned is the running average of the weights."""
    ear, student = Ear(), student.to(memory_format=torch.channels_last)
    trunk = _trunk(student)
    heads = [*student.hidden.parameters(), *student.cues.parameters(), *student.classes.parameters()]
    optimiser = torch.optim.AdamW([{"params": trunk}, {"params": heads}], weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [TRUNK_RATE, HEAD_RATE], total_steps=steps, pct_start=0.15
    )
    average = torch.optim.swa_utils.AveragedModel(
        student, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(KEPT_AVERAGE)
    )
    student.train()
    running = 0.0
    for step in range(1, steps + 1):
        samples, labels, known, scores = (torch.from_numpy(part) for part in mixer.batch(BATCH))
        loss = loss_of(student, masked(ear(samples), rng), labels, known, scores)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        average.update_parameters(student)
        running += 0.02 * (loss.item() - running)
        if step % 100 == 0:
            logging.info("step %d of %d, loss %.4f", step, steps, running)
    averaged: Student = average.module.eval()
    return averaged


def _trunk(student: Student) -> list[torch.nn.Parameter]:
    """The layers that go on learning; the first ones are held."""
    layers = [layer for layer in student.body if isinstance(layer, torch.nn.Conv2d)]
    for layer in layers[:FROZEN_CONVOLUTIONS]:
        layer.requires_grad_(False)
    return [parameter for layer in layers[FROZEN_CONVOLUTIONS:] for parameter in layer.parameters()]


def examples(clips: Iterable[Clip], teacher: Yamnet) -> list[Example]:
    """What can be heard of the clips."""
    return [one for clip in clips if (one := example(clip, teacher)) is not None]


@dataclass(frozen=True)
class Course:
    """Everything that students learn from."""

    yamnet: Path
    kitchen: Sequence[Example]
    spoken: Sequence[Example]
    staged: Sequence[Example]
    seed: int

    def student(self, steps: int, without_fold: int | None = None) -> Student:
        """A student taught with all real clips, or with those of all other folds."""
        torch.manual_seed(self.seed)
        rng = np.random.default_rng(self.seed)
        banks = [[one for one in bank if fold_of(one.clip.source) != without_fold] for bank in self._real]
        student = Student()
        student.begin_from(convolutions(self.yamnet, CONVOLUTIONS))
        return train(Mixer([*banks, self.staged], SHARES, rng), student, steps, rng)

    def calibration(self, steps: int) -> Line:
        """The line between logits and probabilities, from four students and the clips that each never heard."""
        heard: list[HeardClip] = []
        for fold in range(FOLDS):
            student = self.student(steps, without_fold=fold)
            heard += [listen(student, one) for bank in self._real for one in bank if fold_of(one.clip.source) == fold]
        line = fitted(heard)
        score = np.array([file_confidence(clip, line) for clip in heard])
        logging.info("folds: %s", report(np.array([clip.truth for clip in heard]), score, REAL_CUES, 0.5))
        return line

    @property
    def _real(self) -> tuple[Sequence[Example], Sequence[Example]]:
        return self.kitchen, self.spoken


def listen(student: Student, one: Example) -> HeardClip:
    """What a student makes of every window of a clip."""
    starts = range(0, len(one.samples) - fe.WINDOW_SAMPLES + 1, fe.WINDOW_SAMPLES // 2)
    windows = np.stack([one.samples[start : start + fe.WINDOW_SAMPLES] for start in starts])
    with torch.no_grad():
        logits, _ = student(Ear()(torch.from_numpy(windows)))
    levels = np.array([level_dbfs(window) for window in windows])
    return HeardClip(logits.double().numpy(), levels, one.clip.truth)


def main() -> None:
    """Read the clips, train, calibrate, export."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments.add_argument("--yamnet", type=Path, default=Path("../shared/models/yamnet.onnx"))
    arguments.add_argument("--out", type=Path, default=Path(__file__).with_name("care_sound.onnx"))
    arguments.add_argument("--steps", type=int, default=1200)
    arguments.add_argument("--fold-steps", type=int, default=800, help="steps of the four students to calibrate with")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument(
        "--without", nargs="*", default=[], help="Kitchen20 classes never to be heard; not calibrated"
    )
    chosen = arguments.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    teacher, splits = Yamnet(chosen.yamnet), LEARNT_FROM
    kitchen = (clip for split in splits for clip in kitchen20(chosen.data, split) if clip.kind not in chosen.without)
    course = Course(
        yamnet=chosen.yamnet,
        kitchen=examples(kitchen, teacher),
        spoken=examples((clip for split in splits for clip in librispeech(chosen.data, split)), teacher),
        staged=examples(synthetic(Split.TRAIN, SYNTHETIC_TAKES), teacher),
        seed=chosen.seed,
    )
    student = course.student(chosen.steps)
    if not chosen.without:
        student.calibrate(course.calibration(chosen.fold_steps))
    export(student, chosen.out)


if __name__ == "__main__":
    main()
