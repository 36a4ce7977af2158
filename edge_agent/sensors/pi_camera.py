"""The camera on a Raspberry Pi's own ribbon, through picamera2, which comes from Debian and not from PyPI."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from edge_agent.errors import SensorError
from edge_agent.readings import CameraFrame
from edge_agent.sensors.monotonic import Clock
from visit_record.bilingual import Words
from visit_record.vocabulary import Modality

SOURCE = "picamera2"


def open_pi_camera() -> Any:  # noqa: ANN401 - picamera2 is untyped, and is not on every machine
    """The first camera that libcamera finds.

    Raises:
        SensorError: picamera2 is not installed, or finds no camera.
    """
    try:
        from picamera2 import Picamera2
    except ImportError as cause:
        raise SensorError(
            "picamera2 is not there",
            "没有安装 picamera2",
            Words(
                "安装：apt install python3-picamera2；.venv 要用 --system-site-packages 建立",
                "apt install python3-picamera2, and make .venv with --system-site-packages",
            ),
        ) from cause
    try:
        return Picamera2()
    except (RuntimeError, IndexError) as cause:
        raise SensorError(
            f"libcamera finds no camera ({cause})",
            "libcamera 找不到摄像头",
            Words("用 rpicam-hello 检查排线", "check its ribbon with rpicam-hello"),
        ) from cause


@dataclass(frozen=True)
class PiCamera:
    """Implements ``Sensor[CameraFrame]``; ``opened`` gives a ``Picamera2``."""

    rate_hz: float
    width: int
    height: int
    clock: Clock
    opened: Callable[[], Any] = open_pi_camera
    pause: Callable[[float], None] = time.sleep

    @property
    def modality(self) -> Modality:
        """The face."""
        return Modality.FACE

    def readings(self) -> Iterator[CameraFrame]:
        """Yield pictures as they are taken, ``rate_hz`` a second.

        Raises:
            SensorError: the camera cannot be opened, or fails.
        """
        camera = self.opened()
        try:
            # picamera2 names formats by the order in a word: what it calls BGR888 has red first in an array.
            size = (self.width, self.height)
            camera.configure(camera.create_video_configuration(main={"size": size, "format": "BGR888"}))
            camera.start()
            while True:
                rgb = np.ascontiguousarray(camera.capture_array("main"), np.uint8)
                yield CameraFrame(self.clock(), rgb)
                self.pause(1 / self.rate_hz)
        except RuntimeError as cause:
            raise SensorError(
                f"the camera on the ribbon failed ({cause})",
                "排线上的摄像头中断了",
                Words("检查排线", "check its ribbon"),
            ) from cause
        finally:
            camera.stop()
            camera.close()
