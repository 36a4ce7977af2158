"""Train the care-sound model and write its ONNX: ``python -m models.care_sound.train --data ../shared/data``.

A depthwise-separable CNN (Howard et al., MobileNets, 2017; for keywords Zhang et al., Hello Edge, 2017) on log-mel
frames. Clips are mixed, coloured, smeared and covered with noise in the mel power domain, where that costs little.
Torch is imported here and in what trains ``models.occupancy``, nowhere else; nothing of it is needed to run the model.
"""

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from scipy import signal
from torch import nn

from models.care_sound import front_end as fe
from models.care_sound.data import Clip, Split, kitchen20, librispeech, synthetic
from visit_record.vocabulary import SoundCue

CUES = list(SoundCue)
QUIET = CUES.index(SoundCue.QUIET)
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Example:
    """A clip as mel power [frames, 64]; ``hearable`` lists the window starts that are not silent for this clip."""

    power: Array
    labels: Array
    known: Array
    hearable: NDArray[np.int64]


def example(clip: Clip) -> Example | None:
    """Precompute one clip; ``None`` where no window of it can be heard."""
    pad = max(0, fe.WINDOW_SAMPLES - len(clip.samples))
    power = fe.mel_power(np.pad(clip.samples, (0, pad)))
    means = np.convolve(power.mean(axis=1), np.ones(fe.FRAMES) / fe.FRAMES, "valid")
    hearable = np.flatnonzero((means > means.max() * 10**-2.5) & (means > 1e-9))
    labels = np.array([cue in clip.cues for cue in CUES], np.float32)
    known = np.array([cue not in clip.unknown for cue in CUES], np.float32)
    return Example(power, labels, known, hearable) if len(hearable) else None


class Mixer:
    """Draws training windows from banks of examples."""

    def __init__(self, banks: list[list[Example]], shares: list[float], rng: np.random.Generator) -> None:
        self.groups = [self._by_label(bank) for bank in banks]
        self.shares, self.rng = shares, rng

    @staticmethod
    def _by_label(bank: list[Example]) -> list[list[Example]]:
        groups: dict[bytes, list[Example]] = {}
        for one in bank:
            groups.setdefault(one.labels.tobytes(), []).append(one)
        # Most sounds of a home are none of the cues: they come three times as often as any one label.
        return [group for group in groups.values() for _ in range(1 if group[0].labels.any() else 3)]

    def batch(self, size: int) -> tuple[Array, Array, Array]:
        """Mel power [size, frames, 64], labels and known [size, 12]."""
        columns = zip(*(self._window() for _ in range(size)), strict=True)
        power, labels, known = (np.stack(column) for column in columns)
        return power, labels, known

    def _window(self) -> tuple[Array, Array, Array]:
        rng = self.rng
        power, labels, known = self._draw()
        power = power * 10 ** rng.uniform(-1.2, 1.0)
        if labels[QUIET]:
            return _coloured(power, rng), labels, known
        if rng.random() < 0.45:
            power, labels, known = self._mixed(power, labels, known)
        if rng.random() < 0.35:
            power = _smeared(power, rng)
        power = _coloured(power, rng) + _floor(rng)
        return power, labels, known

    def _draw(self) -> tuple[Array, Array, Array]:
        groups = self.groups[self.rng.choice(len(self.groups), p=self.shares)]
        group = groups[self.rng.integers(len(groups))]
        one = group[self.rng.integers(len(group))]
        start = one.hearable[self.rng.integers(len(one.hearable))]
        return one.power[start : start + fe.FRAMES], one.labels, one.known

    def _mixed(self, power: Array, labels: Array, known: Array) -> tuple[Array, Array, Array]:
        """Add a second sound; a sound more than 15 dB under the other is neither claimed nor denied."""
        other, other_labels, other_known = self._draw()
        ratio_db = self.rng.uniform(-20, 12)
        other = other * (power.mean() / max(other.mean(), 1e-12) * 10 ** (ratio_db / 10))
        labels, other_labels = labels.copy(), other_labels.copy()
        labels[QUIET] = other_labels[QUIET] = 0
        faint = other_labels if ratio_db < -10 else labels * (ratio_db > 10)
        both = np.maximum(labels, other_labels)
        unsure = np.maximum((faint > 0) & (both > 0), (known * other_known) == 0)
        return power + other, both, np.where(unsure, 0, 1).astype(np.float32)


def _coloured(power: Array, rng: np.random.Generator) -> Array:
    """A device's and a room's response: a smooth curve of some dB over the mels."""
    curve_db = np.interp(np.arange(fe.MELS), np.linspace(0, fe.MELS - 1, 6), rng.normal(0, 3.0, 6))
    return (power * 10 ** (curve_db / 10)).astype(np.float32)


def _smeared(power: Array, rng: np.random.Generator) -> Array:
    """Reverberation: exponential decay over time, more or less of it."""
    keep, wet = np.exp(-13.8 * 0.01 / rng.uniform(0.2, 0.8)), rng.uniform(0.1, 0.8)
    tail = signal.lfilter([1 - keep], [1, -keep], power, axis=0)
    return np.asarray((1 - wet) * power + wet * tail, np.float32)


def _floor(rng: np.random.Generator) -> Array:
    """A microphone's and a room's own noise: exponentially distributed power around a tilted spectrum."""
    tilt_db = np.linspace(0, rng.uniform(-25, 3), fe.MELS)
    level = 10 ** (rng.uniform(-8.5, -5.5) + tilt_db / 10)
    shape = rng.gamma(2.0, 0.5, (fe.FRAMES, fe.MELS))
    return (shape * level).astype(np.float32)


class FrontEnd(nn.Module):  # type: ignore[misc]
    """Waveform [N, 15360] to log-mel [N, frames, 64] in dB.

    In double precision up to the mel power, as librosa's own transform is: in single precision a loud low tone's
    rounding is heard in the quiet bands above it.
    """

    def __init__(self) -> None:
        super().__init__()
        for name, kernel in zip(("cosines", "sines"), fe.fourier_kernels(), strict=True):
            self.register_buffer(name, torch.from_numpy(kernel))
        self.register_buffer("filters", torch.from_numpy(fe.mel_filters().T.copy()))

    def forward(self, waveform: torch.Tensor) -> torch.Tensor:
        """Frames folded in their middle, cosines and sines, mel filters, dB."""
        hops = waveform.reshape(-1, fe.WINDOW_SAMPLES // fe.HOP_SAMPLES, fe.HOP_SAMPLES).double()
        frames = torch.cat([hops[:, :-2], hops[:, 1:-1], hops[:, 2:, : fe.FFT_SAMPLES - 2 * fe.HOP_SAMPLES]], dim=2)
        middle = fe.FFT_SAMPLES // 2
        near, mirrored = frames[:, :, 1 : middle + 1], frames[:, :, middle:].flip(2)
        real, imaginary = (near + mirrored) @ self.cosines, (near - mirrored) @ self.sines
        return to_db(((real.square() + imaginary.square()) @ self.filters).float())


def to_db(power: torch.Tensor) -> torch.Tensor:
    """Power to dB, as ``librosa.power_to_db``."""
    return 10 * torch.log10(power.clamp_min(fe.LEAST_POWER))


def _separable(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False),
        nn.BatchNorm2d(inputs),
        nn.ReLU(),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class Network(nn.Module):  # type: ignore[misc]
    """Log-mel [N, frames, 64] to logits [N, 12]."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 24, 5, 2, 2, bias=False),
            nn.BatchNorm2d(24),
            nn.ReLU(),
            _separable(24, 48, 2),
            _separable(48, 64, 1),
            _separable(64, 96, 2),
            _separable(96, 96, 1),
            _separable(96, 160, 1),
        )
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(320, len(CUES)))

    def forward(self, log_mel: torch.Tensor) -> torch.Tensor:
        """Convolutions, then mean and maximum over time and pitch."""
        seen = self.body(((log_mel + 50) / 20)[:, None])
        return self.head(torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], dim=1))


class Exported(nn.Module):  # type: ignore[misc]
    """Waveform to probabilities, and the log-mel on the way so that parity can be tested."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.front_end, self.network = FrontEnd(), network

    def forward(self, waveform: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Probabilities [N, 12] and log-mel [N, frames, 64]."""
        log_mel = self.front_end(waveform)
        return torch.sigmoid(self.network(log_mel)), log_mel


def masked(log_mel: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """SpecAugment (Park et al. 2019): one band and one stretch of each batch are hidden."""
    band, frame = rng.integers(fe.MELS - 8), rng.integers(fe.FRAMES - 16)
    mean = log_mel.mean((1, 2), keepdim=True)
    log_mel[:, :, band : band + rng.integers(9)] = mean
    stretch = slice(frame, frame + rng.integers(17))
    log_mel[:, stretch] = mean
    return log_mel


def train(mixer: Mixer, steps: int, batch: int) -> Network:
    """Masked binary cross-entropy over the known labels, one cycle of AdamW."""
    network = Network()
    network.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps, pct_start=0.2)
    running = 0.0
    for step in range(1, steps + 1):
        power, labels, known = (torch.from_numpy(part) for part in mixer.batch(batch))
        logits = network(masked(to_db(power), mixer.rng))
        target = labels * 0.96 + 0.02
        loss = (nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none") * known).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        running += 0.02 * (loss.item() - running)
        if step % 100 == 0:
            logging.info("step %d of %d, loss %.4f", step, steps, running)
    network.eval()
    return network


def export(network: Network, path: Path) -> None:
    """Write the ONNX at opset 17. ``log_mel`` stays a named tensor inside, not an output."""
    torch.onnx.export(
        Exported(network).eval(),
        (torch.zeros(2, fe.WINDOW_SAMPLES),),
        path,
        input_names=["waveform"],
        output_names=["probabilities", "log_mel"],
        dynamic_axes={"waveform": {0: "windows"}, "probabilities": {0: "windows"}, "log_mel": {0: "windows"}},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(path)
    del model.graph.output[1]
    onnx.save(model, path)


def main() -> None:
    """Read the clips, train, export."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments.add_argument("--out", type=Path, default=Path(__file__).with_name("care_sound.onnx"))
    arguments.add_argument("--steps", type=int, default=1800)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    real = [one for clip in kitchen20(chosen.data, Split.TRAIN) if (one := example(clip))]
    spoken = [one for clip in librispeech(chosen.data, Split.TRAIN) if (one := example(clip))]
    staged = [one for clip in synthetic(Split.TRAIN, takes=80) if (one := example(clip))]
    logging.info("%d real, %d spoken, %d synthetic clips", len(real), len(spoken), len(staged))
    mixer = Mixer([real, spoken, staged], [0.6, 0.1, 0.3], np.random.default_rng(chosen.seed))
    export(train(mixer, chosen.steps, batch=128), chosen.out)


if __name__ == "__main__":
    main()
