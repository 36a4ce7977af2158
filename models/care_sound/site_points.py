"""Clips as points, one a clip, for the sounds that a home's own are told apart from and for measuring that."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import soundfile
from numpy.typing import NDArray

from edge_agent.perception.inference import open_session
from edge_agent.perception.sound import GATE_DBFS, level_dbfs
from edge_agent.perception.sound_stretch import LEAST_WINDOWS, STRETCH_WINDOWS, EmbeddedWindow, is_loud, point_of
from edge_agent.readings import HOP_SAMPLES, SAMPLE_RATE_HZ, WINDOW_SAMPLES
from models.care_sound.data import CLIP_S, Split, split_of

SPEECH = "speech"
# As many as keep speech to a quarter of the generic sounds.
GENERIC_SPEAKERS = 90
Rows = NDArray[np.float32]


@dataclass(frozen=True)
class LabelledClip:
    """Samples float32 [n] at 16 kHz; ``label`` is Kitchen20's class, or ``speech``."""

    label: str
    source: str
    split: Split
    samples: Rows


@dataclass(frozen=True)
class Points:
    """One point float32 [n, D] a clip; its label, its recording, and that one's split.

    ``generic`` tells which clips the generic sounds are drawn from: one of each recording and label.
    ``growing`` float32 [n, 5, D] is what the device hears while a clip goes on, from its fifth window to its ninth;
    NaN where it decides nothing.
    """

    points: Rows
    labels: NDArray[np.str_]
    sources: NDArray[np.str_]
    splits: NDArray[np.str_]
    generic: NDArray[np.bool_]
    growing: Rows


def clips(data: Path) -> Iterator[LabelledClip]:
    """All of Kitchen20, and five seconds of each LibriSpeech speaker."""
    kitchen = data / "sounds" / "kitchen20"
    with (kitchen / "labels.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            source = row["source_id"]
            yield LabelledClip(row["label"], source, split_of(source), _read(kitchen / row["file"]))
    for path in sorted((data / "speech" / "librispeech_train-clean-100").glob("*.flac")):
        speaker = path.stem.split("-")[0]
        # The first second is often silent.
        samples = _read(path)[SAMPLE_RATE_HZ : round((1 + CLIP_S) * SAMPLE_RATE_HZ)]
        yield LabelledClip(SPEECH, f"speaker {speaker}", split_of(speaker), samples)


def _read(path: Path) -> Rows:
    samples, _rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(samples.mean(axis=1), np.float32)


class Embedder:
    """A tensor of an ONNX model, one window at a time; a model whose input is longer than a window hears it padded."""

    def __init__(self, model: Path, tensor: str = "embedding") -> None:
        graph = onnx.load(model)
        if tensor not in {output.name for output in graph.graph.output}:
            graph.graph.output.append(onnx.helper.make_empty_tensor_value_info(tensor))
        self._session = open_session(graph.SerializeToString())
        self._tensor, self._input = tensor, self._session.get_inputs()[0]

    def windows(self, samples: Rows) -> list[EmbeddedWindow]:
        """Every window of a clip that passes the device's level gate."""
        starts = range(0, len(samples) - WINDOW_SAMPLES + 1, HOP_SAMPLES)
        levels = {start: level_dbfs(samples[start : start + WINDOW_SAMPLES]) for start in starts}
        return [self._window(samples, start, level) for start, level in levels.items() if level >= GATE_DBFS]

    def _window(self, samples: Rows, start: int, level_dbfs: float) -> EmbeddedWindow:
        asked = self._input.shape[-1]
        window = samples[start : start + WINDOW_SAMPLES]
        padded = np.pad(window, (0, asked - WINDOW_SAMPLES if isinstance(asked, int) else 0))
        (embedding,) = self._session.run([self._tensor], {self._input.name: padded[None]})
        return EmbeddedWindow(start * 1000 // SAMPLE_RATE_HZ, np.asarray(embedding, np.float32).reshape(-1), level_dbfs)


def points_of(data: Path, embedder: Embedder) -> Points:
    """Every clip that is long and loud enough for the device to learn from."""
    heard = ((clip, embedder.windows(clip.samples)) for clip in clips(data))
    kept = [(clip, windows, point) for clip, windows in heard if (point := point_of(windows)) is not None]
    found = [clip for clip, _, _ in kept]
    return Points(
        np.stack([point for _, _, point in kept]),
        np.array([clip.label for clip in found]),
        np.array([clip.source for clip in found]),
        np.array([clip.split.value for clip in found]),
        _generic(found),
        np.stack([_growing(windows, len(point)) for _, windows, point in kept]),
    )


def _growing(windows: list[EmbeddedWindow], width: int) -> Rows:
    decided = np.full((STRETCH_WINDOWS - LEAST_WINDOWS + 1, width), np.nan, np.float32)
    for place in range(len(decided)):
        until = windows[: LEAST_WINDOWS + place]
        point = point_of(until)
        if point is not None and len(until) == LEAST_WINDOWS + place and is_loud(until[-1], until):
            decided[place] = point
    return decided


def _generic(found: list[LabelledClip]) -> NDArray[np.bool_]:
    firsts = dict[tuple[str, str], int]()
    for place, clip in enumerate(found):
        if clip.split is not Split.TEST:
            firsts.setdefault((clip.source, clip.label), place)
    speakers = [place for (_, label), place in firsts.items() if label == SPEECH]
    chosen = set(firsts.values()) - set(speakers[GENERIC_SPEAKERS:])
    return np.array([place in chosen for place in range(len(found))])
