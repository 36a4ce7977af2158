"""A camera through OpenCV: a V4L2 device, an MJPEG stream, or a video played as if it were one."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge_agent.errors import SensorError
from edge_agent.readings import CameraFrame
from edge_agent.sensors.monotonic import Clock
from visit_record.bilingual import Words
from visit_record.vocabulary import Modality

if TYPE_CHECKING:
    import cv2

# A stream that gives nothing for so long is given up; a V4L2 device has 10 s of its own in OpenCV.
TIMEOUT_MS = 5_000


@dataclass(frozen=True)
class OpenCvCamera:
    """Implements ``Sensor[CameraFrame]``; ends only by failing.

    Every picture is taken from the driver at the camera's own pace, so that none of those handed on is old; of them
    ``rate_hz`` a second are decoded. ``width`` and ``height`` are asked of a device, which may have others.
    """

    source: str
    rate_hz: float
    width: int
    height: int
    clock: Clock
    pause: Callable[[float], None] = time.sleep

    @property
    def modality(self) -> Modality:
        """The face."""
        return Modality.FACE

    def readings(self) -> Iterator[CameraFrame]:
        """Yield pictures as they are taken.

        Raises:
            SensorError: the camera cannot be opened, or gives no more pictures.
        """
        video = self._opened()
        try:
            if not video.isOpened():
                raise SensorError(
                    f"no camera at {self.source}",
                    f"{self.source} 没有摄像头",
                    Words("检查接线和 [camera] source，或视频流", "check its cable and [camera] source, or the stream"),
                )
            yield from self._pictures(video)
        finally:
            video.release()
        raise SensorError(
            f"the camera at {self.source} gives no more pictures",
            f"摄像头 {self.source} 不再给出画面",
            Words("检查接线，或视频流", "check its cable, or the stream"),
        )

    @property
    def _is_device(self) -> bool:
        return self.source.startswith("/dev/")

    @property
    def _is_stream(self) -> bool:
        return "://" in self.source

    def _opened(self) -> "cv2.VideoCapture":
        import cv2

        if not self._is_device:
            timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, TIMEOUT_MS]
            return cv2.VideoCapture(self.source, cv2.CAP_FFMPEG, timeouts)
        video = cv2.VideoCapture(self.source, cv2.CAP_V4L2)
        video.set(cv2.CAP_PROP_FRAME_WIDTH, self.width)
        video.set(cv2.CAP_PROP_FRAME_HEIGHT, self.height)
        return video

    def _pictures(self, video: "cv2.VideoCapture") -> Iterator[CameraFrame]:
        from edge_agent.sensors.picture_files import as_rgb

        began_ms, due_ms = self.clock(), 0
        while video.grab():
            self._keep_pace(video, began_ms)
            now_ms = self.clock()
            if now_ms < due_ms:
                continue
            taken, bgr = video.retrieve()
            if not taken:
                return
            due_ms = now_ms + round(1000 / self.rate_hz)
            yield CameraFrame(now_ms, as_rgb(np.asarray(bgr, np.uint8)))

    def _keep_pace(self, video: "cv2.VideoCapture", began_ms: int) -> None:
        """A file would be over in a moment: its pictures come when they were taken."""
        import cv2

        if not self._is_device and not self._is_stream:
            ahead_ms = began_ms + video.get(cv2.CAP_PROP_POS_MSEC) - self.clock()
            self.pause(max(0.0, ahead_ms / 1000))
