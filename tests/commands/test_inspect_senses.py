"""``edge-agent inspect`` of sound and heat: the fixed shapes, and files that fail without stopping the others."""

import os
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.commands.call import call
from visit_record.vocabulary import SoundCue

Capture = pytest.CaptureFixture[str]
CUES = [cue.value for cue in SoundCue]


@pytest.fixture
def hiss(tmp_path: Path) -> Path:
    path = tmp_path / "hiss.wav"
    samples = np.random.default_rng(3).normal(0, 2000, 32_000).astype("<i2")
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 16_000, len(samples), "NONE", ""))
        sound.writeframes(samples.tobytes())
    return path


@pytest.fixture
def room(tmp_path: Path) -> Path:
    path = tmp_path / "room.npy"
    np.save(path, 22 + np.random.default_rng(3).normal(0, 0.2, (5, 24, 32)))
    return path


def test_sound_line_has_every_cue_for_the_file_and_each_window(capsys: Capture, hiss: Path, tmp_path: Path) -> None:
    called = call(capsys, "inspect", "sound", hiss, tmp_path / "missing.wav", "--json")
    heard, missing = called.lines
    assert called.status == 1
    assert list(heard) == ["file", "cues", "windows"]
    assert list(heard["cues"]) == CUES
    assert [list(window) for window in heard["windows"]] == [["t_s", *CUES]] * 3
    assert [window["t_s"] for window in heard["windows"]] == [0.0, 0.48, 0.96]
    assert list(missing) == ["file", "error"]


def test_thermal_line_for_each_frame(capsys: Capture, room: Path) -> None:
    called = call(capsys, "inspect", "thermal", room, "--ambient", 22, "--bed", "4,4,14,12", "--json")
    assert called.status == 0
    shape = ["frame", "people", "bed_occupied", "present", "posture", "blind"]
    assert [list(line) for line in called.lines] == [shape] * 5
    assert called.lines[0]["bed_occupied"] is not None


def test_bed_is_not_observed_where_it_was_not_given(capsys: Capture, room: Path) -> None:
    called = call(capsys, "inspect", "thermal", room, "--json")
    assert {line["bed_occupied"] for line in called.lines} == {None}


def test_thermal_files_that_are_none_do_not_stop_the_others(capsys: Capture, room: Path, hiss: Path) -> None:
    called = call(capsys, "inspect", "thermal", hiss, room, "--json")
    assert called.status == 1
    assert [line["file"] for line in called.lines] == [str(hiss)] + [str(room)] * 5
    assert "error" in called.lines[0]


@pytest.mark.parametrize("bed", ["4,4,40,12", "4,4,4,12", "-1,0,4,4"])
def test_a_bed_outside_the_array_is_a_wrong_option(capsys: Capture, room: Path, bed: str) -> None:
    called = call(capsys, "inspect", "thermal", room, f"--bed={bed}", "--json")
    assert (called.status, called.out) == (2, "")
    assert " ".join(called.err.split()).count("--bed: 不在") == 1


def test_a_bed_outside_one_of_several_arrays_does_not_stop_the_others(
    capsys: Capture, room: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "small.npy", np.load(room)[:, :4, :4])
    called = call(capsys, "inspect", "thermal", tmp_path / "small.npy", room, "--bed=4,4,14,12", "--json")
    assert called.status == 1
    assert called.lines[0]["error"].startswith("--bed: is no area inside the array of ")
    assert len(called.lines) == 6


def test_a_sound_whose_name_is_no_utf8_is_heard(capsys: Capture, hiss: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.wav"))
    odd.write_bytes(hiss.read_bytes())
    called = call(capsys, "inspect", "sound", odd, hiss, "--json")
    assert called.status == 0
    assert len(called.lines) == 2


@pytest.mark.parametrize("celsius", ["-300", "500", "nan"])
def test_no_room_has_such_a_temperature(capsys: Capture, room: Path, celsius: str) -> None:
    assert call(capsys, "inspect", "thermal", room, f"--ambient={celsius}").status == 2


def test_a_folder_that_is_not_there_is_no_home_that_taught_nothing(capsys: Capture, hiss: Path) -> None:
    assert call(capsys, "inspect", "sound", "--folder", "/not/there", hiss).status == 2


NO_CELSIUS: dict[str, Callable[[NDArray[np.float64]], NDArray[Any]]] = {
    "kelvin": lambda room: room + 273.15,
    "tenths of a kelvin": lambda room: ((room + 273.15) * 10).astype(np.uint16),
    "hundredths of a degree": lambda room: (room * 100).astype(np.int16),
    "kelvin with frames that were not read": lambda room: np.where(np.arange(5)[:, None, None] < 2, np.nan, room + 273),
}


@pytest.mark.parametrize("unit", NO_CELSIUS)
def test_an_array_in_another_unit_is_an_error_and_not_merely_blind(
    capsys: Capture, room: Path, tmp_path: Path, unit: str
) -> None:
    np.save(tmp_path / "other.npy", NO_CELSIUS[unit](np.load(room)))
    called = call(capsys, "inspect", "thermal", tmp_path / "other.npy", room, "--json")
    assert called.status == 1
    assert list(called.lines[0]) == ["file", "error"]
    assert "must hold °C" in called.lines[0]["error"]
    assert [line["blind"] for line in called.lines[1:]] == [False] * 5


@pytest.mark.parametrize("faulty", [slice(0, 4), slice(0, 5)])
def test_a_sensor_that_gave_nothing_is_blind_and_no_matter_of_units(
    capsys: Capture, room: Path, tmp_path: Path, faulty: slice
) -> None:
    frames = np.load(room)
    frames[faulty] = np.nan
    np.save(tmp_path / "dead.npy", frames)
    called = call(capsys, "inspect", "thermal", tmp_path / "dead.npy", "--json")
    assert called.status == 0
    assert [line["blind"] for line in called.lines] == [index < faulty.stop for index in range(5)]


@pytest.mark.parametrize("ambient", ["nan", "inf"])
def test_a_room_temperature_that_is_no_number_is_a_wrong_option(capsys: Capture, room: Path, ambient: str) -> None:
    called = call(capsys, "inspect", "thermal", room, "--ambient", ambient, "--json")
    assert (called.status, called.out) == (2, "")


@pytest.mark.parametrize("sense", ["sound", "thermal"])
def test_a_missing_registry_is_one_line(capsys: Capture, tmp_path: Path, hiss: Path, sense: str) -> None:
    called = call(capsys, "inspect", sense, hiss, "--registry", tmp_path / "none.toml")
    assert (called.status, called.out, called.err.count("\n")) == (1, "", 1)


def test_people_get_a_table(capsys: Capture, room: Path, hiss: Path) -> None:
    assert "人数" in call(capsys, "inspect", "thermal", room).out
    assert "线索" in call(capsys, "inspect", "sound", hiss).out
