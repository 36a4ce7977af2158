"""``edge-agent inspect`` of sound and heat: the fixed shapes, and files that fail without stopping the others."""

import wave
from pathlib import Path

import numpy as np
import pytest

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


@pytest.mark.parametrize("sense", ["sound", "thermal"])
def test_a_missing_registry_is_one_line(capsys: Capture, tmp_path: Path, hiss: Path, sense: str) -> None:
    called = call(capsys, "inspect", sense, hiss, "--registry", tmp_path / "none.toml")
    assert (called.status, called.out, called.err.count("\n")) == (1, "", 1)


def test_people_get_a_table(capsys: Capture, room: Path, hiss: Path) -> None:
    assert "人数" in call(capsys, "inspect", "thermal", room).out
    assert "线索" in call(capsys, "inspect", "sound", hiss).out
