"""Thermal frames replayed from a NumPy file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from edge_agent.errors import SensorError, UnreadableFileError
from edge_agent.perception.thermal_image import LARGEST, SMALLEST
from edge_agent.readings import ThermalFrame
from edge_agent.system_words import PATH_AND_RIGHTS, why_zh
from visit_record.bilingual import Words
from visit_record.vocabulary import Modality


@dataclass(frozen=True)
class ThermalFile:
    """Implements ``Sensor[ThermalFrame]`` over a ``.npy`` of [frames, rows, columns] °C."""

    path: Path
    rate_hz: float = 1.0
    starts_at_ms: int = 0

    @property
    def modality(self) -> Modality:
        """The sense this is."""
        return Modality.THERMAL

    def readings(self) -> Iterator[ThermalFrame]:
        """Yield the frames ``1 / rate_hz`` seconds apart.

        Raises:
            SensorError: the file is missing, cut short, or holds no thermal frames.
        """
        try:
            frames = open_frames(self.path)
        except UnreadableFileError as cause:
            raise SensorError(cause.so.en, cause.so.zh, cause.do) from cause
        for index, cells in enumerate(frames):
            at_ms = self.starts_at_ms + round(index * 1000 / self.rate_hz)
            yield ThermalFrame(at_ms, np.array(cells, np.float32))


def open_frames(path: Path) -> NDArray[Any]:
    """The frames of a ``.npy`` file, [frames, rows, columns] °C, mapped into memory and not yet read.

    Raises:
        UnreadableFileError: the file is missing, cut short, no ``.npy``, or holds no frames of 4x4 to 32x32 numbers.
    """
    try:
        frames: NDArray[Any] = open_memmap(path, mode="r")
    except OSError as cause:
        raise UnreadableFileError(
            f"cannot read thermal frames from {path}: {cause.strerror}",
            f"无法从 {path} 读取热成像帧：{why_zh(cause)}",
            PATH_AND_RIGHTS,
        ) from cause
    except (ValueError, SyntaxError, TokenError) as cause:
        # NumPy reads a header as Python text: a damaged one fails as Python would. Its own words say to unpickle.
        raise UnreadableFileError(
            f"{path} is no whole .npy file; save the frames with numpy.save",
            f"{path} 不是完整的 .npy 文件；请用 numpy.save 保存",
        ) from cause
    problem = _problem(frames)
    if problem:
        raise UnreadableFileError(
            f"{path} {problem.en}; it must hold [frames, rows, columns] in °C as saved by numpy.save",
            f"{path} {problem.zh}；应为 numpy.save 保存的 [帧, 行, 列]，单位 °C",
        )
    return frames


def _problem(frames: NDArray[Any]) -> Words | None:
    if frames.dtype.kind not in "fiu":
        return Words(f"里是 {frames.dtype}，不是数", f"holds {frames.dtype}, not numbers")
    if frames.ndim != 3 or len(frames) == 0:
        return Words(f"的形状为 {frames.shape}", f"has the shape {frames.shape}")
    if not all(SMALLEST <= side <= LARGEST for side in frames.shape[1:]):
        cells = f"{frames.shape[1]}x{frames.shape[2]}"
        return Words(
            f"每帧 {cells} 格，只认 4x4 至 32x32 的阵列",
            f"has frames of {cells} cells, and arrays of 4x4 to 32x32 are known",
        )
    return None
