"""Pictures replayed as a camera: one file, a folder of them, or a video."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import UnreadableFileError
from edge_agent.readings import CameraFrame
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words
from visit_record.vocabulary import Modality

PICTURES = frozenset({".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".webp"})
VIDEOS = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm"})
LARGEST_BYTES = 64 * 1024 * 1024
LEAST_SIDE_PX = 16
LARGEST_SIDE_PX = 10_000


@dataclass(frozen=True)
class PictureFiles:
    """Implements ``Sensor[CameraFrame]`` over ``path``; pictures of a folder come in order of their names.

    Pictures are ``1 / rate_hz`` seconds apart; a video has times of its own. PGM, PNG, JPEG and the like, grey or
    colour, of 16 to 10,000 pixels a side.
    """

    path: Path
    rate_hz: float = 1.0
    starts_at_ms: int = 0

    @property
    def modality(self) -> Modality:
        """The face."""
        return Modality.FACE

    def readings(self) -> Iterator[CameraFrame]:
        """Yield the pictures, one in memory at a time.

        Raises:
            UnreadableFileError: nothing is there, a file is no picture or cut short, or a folder holds none.
        """
        if self.path.suffix.lower() in VIDEOS:
            yield from self._video()
            return
        for index, path in enumerate(self._pictures()):
            yield CameraFrame(self.starts_at_ms + round(index * 1000 / self.rate_hz), read_picture(path))

    def _pictures(self) -> list[Path]:
        if not self.path.is_dir():
            return [self.path]
        found = sorted(path for path in self.path.iterdir() if path.suffix.lower() in PICTURES)
        if not found:
            raise UnreadableFileError(
                f"the folder {self.path} holds no pictures ({', '.join(sorted(PICTURES))})",
                f"文件夹 {self.path} 里没有图片（{', '.join(sorted(PICTURES))}）",
            )
        return found

    def _video(self) -> Iterator[CameraFrame]:
        if not self.path.is_file():
            raise UnreadableFileError(
                f"there is no video {self.path}", f"没有视频 {self.path}", Words("核对路径", "check the path")
            )
        video = cv2.VideoCapture(str(self.path))
        try:
            frames = 0
            while (bgr := video.read()[1]) is not None:
                frames += 1
                at_ms = self.starts_at_ms + round(video.get(cv2.CAP_PROP_POS_MSEC))
                yield CameraFrame(at_ms, as_rgb(np.asarray(bgr, np.uint8)))
        finally:
            video.release()
        if frames == 0:
            raise UnreadableFileError(
                f"{self.path} cannot be read as a video; convert it to MP4 (H.264)",
                f"{self.path} 不是可读的视频；请转为 MP4（H.264）",
            )


def read_picture(path: Path) -> NDArray[np.uint8]:
    """One picture as uint8 [height, width, 3], red first.

    Raises:
        UnreadableFileError: missing, empty, too large, cut short, or no picture.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise UnreadableFileError(
                f"{path} is larger than {LARGEST_BYTES >> 20} MiB; make it smaller",
                f"{path} 超过 {LARGEST_BYTES >> 20} MiB；请缩小",
            )
        content = np.frombuffer(path.read_bytes(), np.uint8)
        bgr = cv2.imdecode(content, cv2.IMREAD_COLOR) if len(content) else None
    except (OSError, cv2.error) as cause:
        why = getattr(cause, "strerror", None) or "it is damaged; save it as PNG or JPEG"
        zh = why_zh(cause) if isinstance(cause, OSError) else "已损坏；请存为 PNG 或 JPEG"
        raise UnreadableFileError(
            f"{path} cannot be read as a picture: {why}", f"{path} 不能作为图片读取：{zh}"
        ) from cause
    if bgr is None:
        raise UnreadableFileError(
            f"{path} is no picture that can be read, or is cut short; save it as PNG or JPEG",
            f"{path} 不是可读的图片，或不完整；请存为 PNG 或 JPEG",
        )
    sides = bgr.shape[:2]
    if not LEAST_SIDE_PX <= min(sides) <= max(sides) <= LARGEST_SIDE_PX:
        raise UnreadableFileError(
            f"{path} has {sides[1]}x{sides[0]} pixels; 16 to 10,000 a side are read",
            f"{path} 为 {sides[1]}x{sides[0]} 像素；每边应为 16 至 10000",
        )
    return as_rgb(np.asarray(bgr, np.uint8))


def as_rgb(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture as OpenCV has it, blue first, with red first."""
    return np.ascontiguousarray(bgr[:, :, ::-1])
