"""Presence and posture on the real bedroom recordings, each day judged by the model that never saw it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.observations import OccupancyObservation
from models.occupancy.measuring import balanced_accuracy, in_order, interval, numbered, one_by_one
from models.occupancy.omron import Recording, recordings

Look = Callable[..., list[OccupancyObservation]]
LOOKS: dict[str, Look] = {"each frame by itself": one_by_one, "in order of time": in_order}


def recorded_report(data: Path, build: Path) -> Iterator[str]:
    """Both ways of looking, by day and pooled over frames; intervals come from whole files drawn again."""
    found = list(recordings(data))
    for name, look in LOOKS.items():
        told = [(recording, _rows(recording, look, build)) for recording in found]
        yield from (f"{name}, {line}" for line in _figures(told))
        yield from (f"{name}, {line}" for line in _files(told))


def _rows(recording: Recording, look: Look, build: Path) -> NDArray[np.bool_]:
    """[frames, 4]: present, said so, lying, said so. A frame called blind says nobody, which is what it costs."""
    seen = look(numbered(recording.celsius), build / f"without_{recording.day}.onnx")
    rows = [[recording.present, bool(s.people), recording.lying, s.posture == "lying"] for s in seen]
    return np.array(rows, bool)


def _figures(told: Sequence[tuple[Recording, NDArray[np.bool_]]]) -> Iterator[str]:
    days = sorted({recording.day for recording, _ in told})
    for day in days:
        yield _line(day, [rows for recording, rows in told if recording.day == day and recording.numbered])
    yield _line("numbered files of all days", [rows for recording, rows in told if recording.numbered])
    yield _line("all files", [rows for _, rows in told])


def _line(name: str, parts: Sequence[NDArray[np.bool_]]) -> str:
    rows = np.concatenate(parts)
    told = f"{name}: {len(rows)} frames"
    for what, figure in (("presence", _presence), ("lying against upright", _posture)):
        low, high = interval(parts, figure)
        told += f", {what} {figure(rows):.3f} ({low:.3f}..{high:.3f})"
    return told


def _presence(rows: NDArray[np.bool_]) -> float:
    return balanced_accuracy(rows[:, 0], rows[:, 1])


def _posture(rows: NDArray[np.bool_]) -> float:
    somebody = rows[rows[:, 0]]
    return balanced_accuracy(somebody[:, 2], somebody[:, 3])


def _files(told: Iterable[tuple[Recording, NDArray[np.bool_]]]) -> Iterator[str]:
    """Files named in words, and every file with more than one frame in ten wrong."""
    for recording, rows in told:
        right = float((rows[:, 0] == rows[:, 1]).mean())
        if not recording.numbered or right < 0.9:
            yield f"{recording.name}: {len(rows)} frames, presence right {right:.3f}"
