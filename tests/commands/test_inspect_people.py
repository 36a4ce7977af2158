"""``edge-agent inspect`` of faces and voices: whoever is enrolled is nearer than another, and bad files stop nobody."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from edge_agent.commands.enrolment import Unusable, enrol_usable
from edge_agent.errors import UnreadableFileError
from tests.commands.call import call

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def astronaut(tmp_path: Path) -> Path:
    path = tmp_path / "astronaut.png"
    cv2.imwrite(str(path), cv2.cvtColor(data.astronaut()[:300], cv2.COLOR_RGB2BGR))
    return path


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    path = tmp_path / "wall.png"
    cv2.imwrite(str(path), np.full((240, 240, 3), 200, np.uint8))
    return path


def test_face_line_has_the_fixed_shape_and_null_where_no_face_is(capsys: Capture, astronaut: Path, wall: Path) -> None:
    called = call(capsys, "inspect", "face", "--enrol", astronaut, "--against", astronaut, wall, "--json")
    assert called.status == 0
    same, nobody = called.lines
    assert list(same) == ["file", "faces", "similarity", "quality"]
    assert (same["faces"], same["similarity"]) == (1, pytest.approx(1.0, abs=0.01))
    assert nobody == {"file": str(wall), "faces": 0, "similarity": None, "quality": None}


def test_a_faceless_picture_among_good_ones_spoils_no_enrolment(capsys: Capture, astronaut: Path, wall: Path) -> None:
    called = call(capsys, "inspect", "face", "--enrol", astronaut, wall, "--against", astronaut, "--json")
    assert (called.status, len(called.lines)) == (0, 1)


def test_unreadable_pictures_get_their_line_and_the_others_go_on(
    capsys: Capture, astronaut: Path, tmp_path: Path
) -> None:
    words = tmp_path / "words.png"
    words.write_text("no picture")
    called = call(capsys, "inspect", "face", "--enrol", words, astronaut, "--against", words, astronaut, "--json")
    assert called.status == 1
    assert [line["file"] for line in called.lines] == [str(words), str(words), str(astronaut)]
    assert ["error" in line for line in called.lines] == [True, True, False]


def test_where_nobody_is_enrolled_every_file_says_so(capsys: Capture, astronaut: Path, wall: Path) -> None:
    called = call(capsys, "inspect", "face", "--enrol", wall, "--against", astronaut, "--json")
    assert called.status == 1
    assert [line["file"] for line in called.lines] == [str(wall), str(astronaut)]
    assert "no file of --enrol" in called.lines[1]["error"]


@pytest.mark.parametrize("sense", ["face", "voice"])
@pytest.mark.parametrize("args", [("--enrol", "a"), ("--against", "a"), ("--enrol", "--against", "a"), ("a",)])
def test_two_sides_are_needed(capsys: Capture, sense: str, args: tuple[str, ...]) -> None:
    called = call(capsys, "inspect", sense, *args)
    assert (called.status, called.out) == (2, "")


def test_enrolment_keeps_what_alone_would_do() -> None:
    def enrol(files: list[Path] | tuple[Path, ...]) -> str:
        if Path("bad") in files:
            raise UnreadableFileError("bad", "坏了")
        return "+".join(map(str, files))

    enrolment = enrol_usable([Path("a"), Path("bad"), Path("b")], lambda files: enrol(list(files)))
    assert enrolment.template == "a+b"
    assert list(map(str, enrolment.subjects([Path("c")]))) == ["bad", "c"]
    assert isinstance(enrolment.subjects([])[0], Unusable)


@pytest.mark.realdata
def test_a_voice_is_nearer_to_itself_than_to_another(capsys: Capture, realdata: Path) -> None:
    folder = realdata / "speech" / "3d-speaker_sample"
    takes = [folder / f"{name}_cn_16k.wav" for name in ("speaker1_a", "speaker1_b", "speaker2_a")]
    called = call(capsys, "inspect", "voice", "--enrol", takes[0], "--against", *takes[1:], folder, "--json")
    same, other, unreadable = called.lines
    assert called.status == 1
    assert list(same) == ["file", "similarity", "speech_s"]
    assert same["similarity"] > other["similarity"] + 0.1
    assert list(unreadable) == ["file", "error"]


@pytest.mark.realdata
def test_a_recorded_face_is_nearer_to_itself_than_to_another(capsys: Capture, realdata: Path) -> None:
    orl = realdata / "faces" / "orl"
    enrolled, against = [orl / "s1" / f"{n}.pgm" for n in (1, 2)], [orl / "s1" / "4.pgm", orl / "s10" / "1.pgm"]
    called = call(capsys, "inspect", "face", "--enrol", *enrolled, "--against", *against, "--json")
    assert called.status == 0
    assert called.lines[0]["similarity"] > called.lines[1]["similarity"] + 0.1
