"""Labelled recordings of a home as points to learn from. Nothing of the sound is kept."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from edge_agent.errors import UnreadableFileError
from edge_agent.perception.sound import GATE_DBFS, SoundFramer
from edge_agent.perception.sound_embedder import SoundEmbedder
from edge_agent.perception.sound_stretch import LEAST_WINDOWS, STRETCH_WINDOWS, EmbeddedWindow, Rows, point_of
from edge_agent.readings import HOP_SAMPLES, SAMPLE_RATE_HZ
from edge_agent.sensors.sound_file import SoundFile
from edge_agent.system_words import PATH_AND_RIGHTS, why_zh

_HOP_S = HOP_SAMPLES / SAMPLE_RATE_HZ
_LEAST_S = (LEAST_WINDOWS + 1) * _HOP_S


@dataclass(frozen=True)
class Heard:
    """Points float32 [n, D] of stretches of some files; ``takes`` numbers the file of each, ``windows`` were used."""

    points: Rows
    takes: tuple[int, ...]
    windows: int

    @property
    def seconds(self) -> float:
        """How much sound that is."""
        return round((self.windows + len(self.takes)) * _HOP_S, 2)


def hear_recordings(files: Sequence[Path], embedder: SoundEmbedder) -> Heard:
    """The stretches of WAV or FLAC files, each cut from its beginning into 4.8 s.

    Raises:
        UnreadableFileError: a file cannot be read, is given twice, is shorter than 2.88 s, or nothing can be heard in
            it.
    """
    _refuse_copies(files)
    points, takes, windows = list[Rows](), list[int](), 0
    for take, path in enumerate(files):
        for stretch, point in _points(path, embedder):
            points.append(point)
            takes.append(take)
            windows += len(stretch)
    return Heard(np.stack(points) if points else np.zeros((0, 0), np.float32), tuple(takes), windows)


def _refuse_copies(files: Sequence[Path]) -> None:
    """The same recording given twice would know itself again, and promise more than a home can keep."""
    seen: dict[bytes, Path] = {}
    for path in files:
        other = seen.setdefault(_digest(path), path)
        if other is not path:
            raise UnreadableFileError(
                f"{path} is the same as {other}; record another", f"{path} 与 {other} 相同；请另录"
            )


def _digest(path: Path) -> bytes:
    if not path.is_file():
        # Hearing it will say what is wrong.
        return os.fsencode(path)
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError as cause:
        raise UnreadableFileError(
            f"{path} cannot be read: {cause.strerror}; check the path and its rights",
            f"无法读取 {path}：{why_zh(cause)}",
            PATH_AND_RIGHTS,
        ) from cause


def _points(path: Path, embedder: SoundEmbedder) -> list[tuple[list[EmbeddedWindow], Rows]]:
    stretches = list(_stretches(path, embedder))
    if not stretches:
        raise UnreadableFileError(
            f"{path} is too short: {_LEAST_S:.2f} s of sound or more are needed to learn from it",
            f"{path} 太短：要 {_LEAST_S:.2f} 秒以上的声音",
        )
    heard = [[window for window in stretch if window is not None] for stretch in stretches]
    found = [(stretch, point) for stretch in heard if (point := point_of(stretch)) is not None]
    if not found:
        raise UnreadableFileError(
            f"{path} is too quiet to learn from: hardly anything in it reaches {GATE_DBFS:g} dBFS; record it nearer",
            f"{path} 太轻：几乎没有声音达到 {GATE_DBFS:g} dBFS；录近一些",
        )
    return found


def _stretches(path: Path, embedder: SoundEmbedder) -> Iterator[Sequence[EmbeddedWindow | None]]:
    framer = SoundFramer()
    windows = (window for block in SoundFile(path).readings() for window in framer.windows(block))
    embedded = (embedder.embed(window) for window in windows)
    while stretch := tuple(islice(embedded, STRETCH_WINDOWS)):
        if len(stretch) >= LEAST_WINDOWS:
            yield stretch
