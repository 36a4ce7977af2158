from pathlib import Path

import numpy as np
import pytest

from edge_agent.errors import SensorError, UnreadableFileError
from edge_agent.inspection.thermal import bed_of_file, inspect_thermal
from edge_agent.perception.bed import BedArea
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.occupancy import OccupancyPerceiver
from edge_agent.sensors.thermal_file import ThermalFile, open_frames
from models.occupancy.measuring import balanced_accuracy
from models.occupancy.omron import recordings
from tests.thermal.staging import LIES_IN_BED, array


def saved(path: Path, frames: object) -> Path:
    np.save(path, frames, allow_pickle=True)  # type: ignore[arg-type]
    return path


def test_replay_gives_the_frames_at_the_rate(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).normal(22, 1, (5, 8, 8))
    told = list(ThermalFile(saved(tmp_path / "t.npy", frames), rate_hz=4, starts_at_ms=100).readings())
    assert [frame.at_ms for frame in told] == [100, 350, 600, 850, 1100]
    assert np.allclose(np.stack([frame.celsius for frame in told]), frames, atol=1e-5)
    assert told[0].celsius.dtype == np.float32


BAD = {
    "one frame only": np.zeros((8, 8)),
    "no frames": np.zeros((0, 8, 8)),
    "too small": np.zeros((2, 3, 8)),
    "too large": np.zeros((2, 8, 64)),
    "text": np.array([[["warm"] * 8] * 8]),
    "pickled objects": np.array([[[None] * 8] * 8], dtype=object),
}


@pytest.mark.parametrize("frames", BAD.values(), ids=BAD.keys())
def test_file_of_other_things_is_refused_by_name(tmp_path: Path, frames: object) -> None:
    path = saved(tmp_path / "bad.npy", frames)
    with pytest.raises(SensorError, match=r"bad\.npy"):
        next(ThermalFile(path).readings())


BROKEN = {"empty": b"", "not numpy": b"RIFF....WAVE", "cut short": None, "archive": b"PK\x03\x04"}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_broken_file_is_one_clear_error(tmp_path: Path, content: bytes | None) -> None:
    path = saved(tmp_path / "bad.npy", np.zeros((50, 8, 8)))
    path.write_bytes(path.read_bytes()[:999] if content is None else content)
    with pytest.raises(SensorError, match=r"bad\.npy"):
        next(ThermalFile(path).readings())


def test_missing_file_and_folder_are_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "none.npy", tmp_path):
        with pytest.raises(SensorError, match=str(path.name)):
            next(ThermalFile(path).readings())


def test_nothing_is_opened_before_the_first_reading(tmp_path: Path) -> None:
    ThermalFile(tmp_path / "none.npy").readings()


def test_inspect_tells_each_frame(tmp_path: Path, models: ModelStore) -> None:
    sensor = array(501, LIES_IN_BED, rate_hz=0.01)
    frames = [frame.celsius for frame in sensor.readings()]
    path = saved(tmp_path / "t.npy", np.stack([*frames, np.full_like(frames[0], np.nan)]))
    *lines, last = inspect_thermal(path, OccupancyPerceiver(models, sensor.home.bed))
    assert lines[0] == {
        "frame": 0,
        "people": 1,
        "bed_occupied": True,
        "present": True,
        "posture": "lying",
        "blind": False,
    }
    assert last == {
        "frame": len(frames),
        "people": None,
        "bed_occupied": None,
        "present": None,
        "posture": None,
        "blind": True,
    }


def test_inspect_of_an_unreadable_file_is_an_error(tmp_path: Path, models: ModelStore) -> None:
    with pytest.raises(UnreadableFileError, match=r"none\.npy"):
        list(inspect_thermal(tmp_path / "none.npy", OccupancyPerceiver(models)))


def test_bed_is_given_in_cells_of_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path / "t.npy", np.zeros((1, 8, 16)))
    assert bed_of_file(path, (4, 2, 12, 6)) == BedArea(0.25, 0.25, 0.75, 0.75)


@pytest.mark.realdata
def test_real_bedroom_recordings_tell_presence_and_posture(realdata: Path, tmp_path: Path, models: ModelStore) -> None:
    # The model was trained on these days: this holds the way through the device, not the card's figures.
    told = []
    for recording in (found for found in recordings(realdata) if found.numbered):
        path = saved(tmp_path / "omron.npy", recording.celsius[::4])
        lines = inspect_thermal(path, OccupancyPerceiver(models))
        told += [(recording.present, line["present"], recording.lying, line["posture"] == "lying") for line in lines]
    rows = np.array(told, bool)
    somebody = rows[rows[:, 0]]
    assert len(rows) > 2000
    assert balanced_accuracy(rows[:, 0], rows[:, 1]) >= 0.93
    assert balanced_accuracy(somebody[:, 2], somebody[:, 3]) >= 0.85


def test_damaged_header_is_a_clear_error_without_advice_to_unpickle(tmp_path: Path) -> None:
    path = tmp_path / "frames.npy"
    np.save(path, np.full((2, 4, 4), 22.0, np.float32))
    content = path.read_bytes()
    for damaged in (content[:20] + b"(" * 40 + content[60:], b"text, not frames", content[:30]):
        path.write_bytes(damaged)
        with pytest.raises(UnreadableFileError) as refusal:
            open_frames(path)
        assert "pickle" not in str(refusal.value)
