"""Pictures replayed as a camera: order, times, colours, and files that are not what they should be."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.errors import UnreadableFileError
from edge_agent.sensors.picture_files import PictureFiles, read_picture


def _picture(shade: int) -> NDArray[np.uint8]:
    picture = np.full((48, 64, 3), shade, np.uint8)
    picture[:, :, 0] = 250
    return picture


def _save(path: Path, rgb: NDArray[np.uint8]) -> Path:
    assert cv2.imwrite(str(path), rgb[:, :, ::-1])
    return path


def _file(suffix: str) -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (200, 300, 3), np.uint8)
    return cv2.imencode(suffix, noise)[1].tobytes()


def test_a_folder_comes_in_order_of_names_at_its_rate(tmp_path: Path) -> None:
    for name, shade in (("b.png", 20), ("a.png", 10), ("c.png", 30)):
        _save(tmp_path / name, _picture(shade))
    (tmp_path / "notes.txt").write_text("no picture")
    frames = list(PictureFiles(tmp_path, rate_hz=4, starts_at_ms=1_000).readings())
    assert [frame.at_ms for frame in frames] == [1_000, 1_250, 1_500]
    assert [int(frame.rgb[0, 0, 1]) for frame in frames] == [10, 20, 30]


def test_red_comes_first(tmp_path: Path) -> None:
    (frame,) = PictureFiles(_save(tmp_path / "one.png", _picture(5))).readings()
    assert frame.rgb[0, 0].tolist() == [250, 5, 5] and frame.rgb.dtype == np.uint8


def test_a_grey_picture_has_three_equal_colours(tmp_path: Path) -> None:
    path = tmp_path / "grey.pgm"
    cv2.imwrite(str(path), np.full((112, 92), 77, np.uint8))
    assert np.all(read_picture(path) == 77) and read_picture(path).shape == (112, 92, 3)


def test_a_video_has_times_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "visit.avi"
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5.0, (64, 48))
    for shade in (10, 100, 200):
        video.write(_picture(shade)[:, :, ::-1])
    video.release()
    frames = list(PictureFiles(path, starts_at_ms=500).readings())
    assert [frame.at_ms for frame in frames] == [500, 700, 900]
    assert int(frames[2].rgb[20, 20, 1]) == pytest.approx(200, abs=6)


BAD = {
    "empty.png": b"",
    "text.jpg": b"this is no picture",
    "cut.png": _file(".png")[:20_000],
    "cut.jpg": _file(".jpg")[:12_000],
    "cut.ppm": _file(".ppm")[:9_000],
    "tiny.png": cv2.imencode(".png", np.zeros((4, 4, 3), np.uint8))[1].tobytes(),
    "video.mp4": b"not a video at all",
}


@pytest.mark.parametrize(("name", "content"), BAD.items(), ids=BAD.keys())
def test_what_is_no_picture_is_refused_by_name(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=name):
        list(PictureFiles(path).readings())


@pytest.mark.parametrize("name", ["missing.png", "missing.mp4", "missing_folder"])
def test_what_is_missing_is_refused_by_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=name):
        list(PictureFiles(tmp_path / name).readings())


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="holds no pictures"):
        list(PictureFiles(tmp_path).readings())
