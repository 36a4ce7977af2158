"""The camera: a video and a network stream through OpenCV itself; picamera2, which needs a Pi, behind its door."""

import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge_agent.errors import SensorError
from edge_agent.ports import Sensor
from edge_agent.readings import CameraFrame
from edge_agent.sensors.camera import OpenCvCamera
from edge_agent.sensors.monotonic import monotonic_ms
from edge_agent.sensors.pi_camera import PiCamera, open_pi_camera
from tests.sensors.mjpeg import mjpeg_stream, picture
from visit_record.vocabulary import Modality


def camera(source: str, rate_hz: float = 25.0) -> OpenCvCamera:
    return OpenCvCamera(source, rate_hz, 640, 480, monotonic_ms)


@pytest.fixture
def video(tmp_path: Path) -> str:
    """Two seconds at ten pictures a second."""
    path = tmp_path / "room.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (96, 64))
    for number in range(20):
        writer.write(picture(number))
    writer.release()
    return str(path)


def until_it_fails(readings: Iterator[CameraFrame], message: str) -> list[CameraFrame]:
    frames: list[CameraFrame] = []
    with pytest.raises(SensorError, match=message):
        frames += iter(lambda: next(readings), None)
    return frames


def is_right_way_round(frame: CameraFrame) -> bool:
    """Blue is on the left and red on the right, and a picture has red first."""
    left, right = frame.rgb[-1, 8], frame.rgb[-1, -8]
    return bool(left[2] > 150 > left[0] and right[0] > 150 > right[2])


def test_a_video_is_played_at_its_own_pace_and_is_over_when_it_ends(video: str) -> None:
    sensor: Sensor[CameraFrame] = camera(video)
    frames = until_it_fails(sensor.readings(), "no more pictures")
    assert sensor.modality is Modality.FACE
    assert len(frames) > 10
    assert all(frame.rgb.shape == (64, 96, 3) and frame.rgb.dtype == np.uint8 for frame in frames)
    assert all(map(is_right_way_round, frames))
    assert 1_500 < frames[-1].at_ms - frames[0].at_ms < 20_000


def test_only_so_many_pictures_are_handed_on_as_are_asked_for(video: str) -> None:
    frames = until_it_fails(camera(video, 2.0).readings(), "no more pictures")
    assert 2 <= len(frames) <= 8


def test_a_network_stream_is_followed() -> None:
    with mjpeg_stream(200) as address:
        frames = list(islice(camera(address).readings(), 5))
    assert all(map(is_right_way_round, frames))
    assert len({frame.rgb.tobytes() for frame in frames}) == 5
    assert [frame.at_ms for frame in frames] == sorted(frame.at_ms for frame in frames)


def test_a_stream_that_ends_is_a_sensor_that_failed() -> None:
    with mjpeg_stream(30) as address:
        assert until_it_fails(camera(address).readings(), "no more pictures")


def test_a_stream_that_falls_silent_is_given_up_in_bounded_time() -> None:
    with mjpeg_stream(200, hangs_after=30) as address:
        began_s = time.monotonic()
        assert until_it_fails(camera(address).readings(), "no more pictures")
        assert time.monotonic() - began_s < 40


@pytest.mark.parametrize("source", ["/dev/video-none", "http://127.0.0.1:9/stream", "nowhere.mp4"])
def test_a_camera_that_is_not_there_is_a_sensor_error_that_says_what_to_do(source: str) -> None:
    with pytest.raises(SensorError, match=f"no camera at {source}; check its cable"):
        next(camera(source).readings())


class FakePicamera2:
    """What is used of picamera2's interface, as its manual has it."""

    def __init__(self, pictures: int) -> None:
        self.left, self.did, self.asked = pictures, list[str](), dict[str, Any]()

    def create_video_configuration(self, main: dict[str, Any]) -> dict[str, Any]:
        return {"main": main}

    def configure(self, configuration: dict[str, Any]) -> None:
        self.asked = configuration

    def start(self) -> None:
        self.did.append("start")

    def capture_array(self, _stream: str) -> Any:  # noqa: ANN401
        if self.left == 0:
            raise RuntimeError("camera frontend has timed out")
        self.left -= 1
        return np.full((480, 640, 3), self.left, np.uint8)

    def stop(self) -> None:
        self.did.append("stop")

    def close(self) -> None:
        self.did.append("close")


def pi_frames(fake: FakePicamera2) -> Iterator[CameraFrame]:
    times: Callable[[], int] = iter(range(0, 100_000, 200)).__next__
    return PiCamera(5.0, 640, 480, times, lambda: fake, lambda _s: None).readings()


def test_a_camera_on_the_ribbon_is_read_and_let_go_when_it_fails() -> None:
    fake = FakePicamera2(3)
    frames = until_it_fails(pi_frames(fake), r"timed out.*check its ribbon")
    assert [frame.at_ms for frame in frames] == [0, 200, 400]
    assert fake.asked == {"main": {"size": (640, 480), "format": "BGR888"}}
    assert fake.did == ["start", "stop", "close"]


def test_a_machine_without_picamera2_is_told_how_to_get_it() -> None:
    with pytest.raises(SensorError, match=r"python3-picamera2|finds no camera"):
        open_pi_camera()
