"""The student network and its way into ONNX. Torch is needed to train, nowhere else."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from models.care_sound import front_end as fe
from models.care_sound.calibrate import Line
from models.care_sound.yamnet import CLASSES
from visit_record.vocabulary import SoundCue

# YAMNet's own first seven layers: the eighth tells kitchen sounds apart a little better, and costs a quarter more.
WIDTHS = (32, 64, 128, 128, 256, 256, 512)
STRIDES = (1, 2, 1, 2, 1, 2)
CONVOLUTIONS = 1 + 2 * len(STRIDES)
HIDDEN = 128
NEPERS_PER_DB = float(np.log(10) / 20)
# Smaller tensors are kept in full: their bytes are few.
LARGE = 1_024


class FrontEnd(nn.Module):  # type: ignore[misc]
    """Waveform [N, 15360] to log-mel [N, frames, 64] in dB, in double precision up to the power of each bin.

    In single precision a loud tone's rounding is heard in the bands beside it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("window", torch.from_numpy(fe.hann()))
        for parity, kernel in zip(("even", "odd"), fe.kernels(), strict=True):
            self.register_buffer(f"{parity}_cosines", torch.from_numpy(kernel.cosines))
            self.register_buffer(f"{parity}_sines", torch.from_numpy(kernel.sines))
        self.register_buffer("filters", torch.from_numpy(fe.mel_filters()).float())

    def forward(self, waveform: Tensor) -> Tensor:
        """Frames, folded twice; cosines and sines; mel filters; dB."""
        half = fe.FFT_SAMPLES // 2
        hops = waveform.reshape(-1, fe.WINDOW_SAMPLES // fe.HOP_SAMPLES, fe.HOP_SAMPLES)
        frames = torch.cat([hops[:, :-2], hops[:, 1:-1], hops[:, 2:, : fe.FRAME_SAMPLES - 2 * fe.HOP_SAMPLES]], dim=2)
        frames = frames.double() * self.window
        first = functional.pad(frames[:, :, :half], (0, 1))
        second = functional.pad(frames[:, :, half:], (0, 2 * half + 1 - fe.FRAME_SAMPLES))
        even_sum, even_difference = _folded(first + second)
        odd_sum, odd_difference = _folded(first - second)
        even = _power(even_sum @ self.even_cosines, even_difference @ self.even_sines)
        odd = _power(odd_difference @ self.odd_cosines, odd_sum @ self.odd_sines)
        magnitude = torch.cat([even, odd], dim=2).float().sqrt()
        return torch.log(magnitude @ self.filters + fe.FLOOR) / NEPERS_PER_DB


def _folded(values: Tensor) -> tuple[Tensor, Tensor]:
    """Sum and difference [.., 129] of 257 values and their mirror image."""
    middle = fe.FFT_SAMPLES // 4
    near, mirrored = values[:, :, : middle + 1], values[:, :, middle:].flip(2)
    return near + mirrored, near - mirrored


def _power(real: Tensor, imaginary: Tensor) -> Tensor:
    return real.square() + imaginary.square()


class Same(nn.Module):  # type: ignore[misc]
    """TensorFlow's ``same`` padding of a 3x3 convolution: all around at stride 1, only behind at stride 2."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.margins = (1, 1, 1, 1) if stride == 1 else (0, 1, 0, 1)

    def forward(self, seen: Tensor) -> Tensor:
        """Pad [N, channels, frames, mels]."""
        return functional.pad(seen, self.margins)


class Student(nn.Module):  # type: ignore[misc]
    """Log-mel [N, frames, 64] in dB to logits of the cues [N, 12] and of YAMNet's classes [N, 521]."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [Same(2), nn.Conv2d(1, WIDTHS[0], 3, 2), nn.ReLU()]
        for inputs, outputs, stride in zip(WIDTHS[:-1], WIDTHS[1:], STRIDES, strict=True):
            layers += [Same(stride), nn.Conv2d(inputs, inputs, 3, stride, groups=inputs), nn.ReLU()]
            layers += [nn.Conv2d(inputs, outputs, 1), nn.ReLU()]
        self.body = nn.Sequential(*layers)
        self.hidden = nn.Sequential(nn.Linear(2 * WIDTHS[-1], HIDDEN), nn.ReLU())
        self.drop = nn.Dropout(0.3)
        self.cues = nn.Linear(HIDDEN, len(SoundCue))
        self.classes = nn.Linear(HIDDEN, CLASSES)

    def begin_from(self, weights: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
        """Take over a teacher's convolutions."""
        own = [layer for layer in self.body if isinstance(layer, nn.Conv2d)]
        for layer, (kernel, bias) in zip(own, weights, strict=True):
            layer.weight.data.copy_(torch.from_numpy(kernel.copy()).reshape(layer.weight.shape))
            layer.bias.data.copy_(torch.from_numpy(bias.copy()))

    def calibrate(self, line: Line) -> None:
        """Let the cues' last layer give logits as a calibration's line gives them."""
        scale, offset = (torch.from_numpy(part).float() for part in (line.scale, line.offset))
        self.cues.weight.data.mul_(scale[:, None])
        self.cues.bias.data.mul_(scale).add_(offset)

    def summary(self, log_mel: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and maximum over time and pitch of what the layers see, each [N, 512]."""
        seen = self.body((log_mel * NEPERS_PER_DB)[:, None])
        return seen.mean((2, 3)), seen.amax((2, 3))

    def forward(self, log_mel: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the cues and of the teacher's classes."""
        hidden = self.drop(self.hidden(torch.cat(self.summary(log_mel), dim=1)))
        return self.cues(hidden), self.classes(hidden)


class Exported(nn.Module):  # type: ignore[misc]
    """What the device runs: a waveform to probabilities and embedding, and the log-mel so that parity can be tested."""

    def __init__(self, student: Student) -> None:
        super().__init__()
        self.front_end, self.student = FrontEnd(), student

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Probabilities [N, 12], embedding [N, 512], log-mel [N, frames, 64].

        The embedding is the mean that the head begins from: what comes after it has eyes for the twelve cues alone, and
        tells other sounds apart less well.
        """
        log_mel = self.front_end(waveform)
        mean, most = self.student.summary(log_mel)
        hidden = self.student.hidden(torch.cat([mean, most], dim=1))
        return torch.sigmoid(self.student.cues(hidden)), mean, log_mel


def export(student: Student, path: Path) -> None:
    """Write the ONNX at opset 17. ``log_mel`` stays a named tensor inside, not an output."""
    names = ["probabilities", "embedding", "log_mel"]
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        Exported(student).eval(),
        (torch.zeros(2, fe.WINDOW_SAMPLES),),
        path,
        input_names=["waveform"],
        output_names=names,
        dynamic_axes={name: {0: "windows"} for name in ("waveform", *names)},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(path)
    del model.graph.output[names.index("log_mel")]
    _pad_inside(model)
    _halve(model)
    onnx.save(model, path)


def _pad_inside(model: onnx.ModelProto) -> None:
    """Let each convolution pad for itself: a step of its own costs more than the convolution."""
    made = {name: node for node in model.graph.node for name in node.output}
    for conv in (node for node in list(model.graph.node) if node.op_type == "Conv"):
        pad = made.get(conv.input[0])
        if pad is not None and pad.op_type == "Pad":
            settings = {one.name: one.ints for one in conv.attribute}
            settings["pads"][:] = [1, 1, 1, 1] if settings["strides"][0] == 1 else [0, 0, 1, 1]
            conv.input[0] = pad.input[0]
            model.graph.node.remove(pad)


def _halve(model: onnx.ModelProto) -> None:
    """Keep the student's large weights as float16; onnxruntime widens them once, when it loads the model."""
    casts = []
    for one in model.graph.initializer:
        large = one.data_type == TensorProto.FLOAT and np.prod(one.dims) >= LARGE
        if large and not one.name.startswith("front_end"):
            name, half = one.name, numpy_helper.to_array(one).astype(np.float16)
            one.CopyFrom(numpy_helper.from_array(half, name + ".half"))
            casts.append(helper.make_node("Cast", [name + ".half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
