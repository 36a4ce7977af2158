"""What a home taught is whole or not there, its owner's alone, and of one care-sound model."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from edge_agent.errors import SiteSoundError
from edge_agent.site_store import SITE_FILE, SiteFile, Stretches, TaughtCue
from visit_record.vocabulary import SoundCue

POINTS = np.arange(12, dtype=np.float32).reshape(3, 4)
NONE = Stretches(b"", ())
TAUGHT = TaughtCue(Stretches.of(POINTS, (0, 0, 1)), NONE, 0.05, 14.4, 27)


def test_what_was_taught_is_read_back_with_the_hash_of_its_file(tmp_path: Path) -> None:
    assert SiteFile(tmp_path).read() is None
    SiteFile(tmp_path).teach("student", SoundCue.WATER, TAUGHT)
    stored = SiteFile(tmp_path).read()
    assert stored is not None
    calibration, sha256 = stored
    assert sha256 == hashlib.sha256((tmp_path / SITE_FILE).read_bytes()).hexdigest()
    assert calibration.cues == {SoundCue.WATER: TAUGHT}
    assert np.array_equal(calibration.cues[SoundCue.WATER].examples.rows(4), POINTS)
    assert calibration.cues[SoundCue.WATER].background.rows(4).shape == (0, 4)


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    SiteFile(tmp_path).teach("student", SoundCue.WATER, TAUGHT)
    SiteFile(tmp_path).teach("student", SoundCue.CLOTH, TAUGHT)
    assert (tmp_path / SITE_FILE).stat().st_mode & 0o777 == 0o600


def test_the_same_lessons_in_another_order_are_the_same_file(tmp_path: Path) -> None:
    digests = set()
    for name, order in {"a": (SoundCue.WATER, SoundCue.CLOTH), "b": (SoundCue.CLOTH, SoundCue.WATER)}.items():
        (tmp_path / name).mkdir()
        for cue in order:
            SiteFile(tmp_path / name).teach("student", cue, TAUGHT)
        digests.add(hashlib.sha256((tmp_path / name / SITE_FILE).read_bytes()).hexdigest())
    assert len(digests) == 1


def test_power_lost_while_writing_leaves_what_was_there_and_the_next_lesson_works(tmp_path: Path) -> None:
    SiteFile(tmp_path).teach("student", SoundCue.WATER, TAUGHT)
    before = SiteFile(tmp_path).read()
    (tmp_path / ".site_sound.json.new").write_bytes(b'{"care_sound":')
    assert SiteFile(tmp_path).read() == before
    SiteFile(tmp_path).teach("student", SoundCue.CLOTH, TAUGHT)
    stored = SiteFile(tmp_path).read()
    assert stored is not None
    assert set(stored[0].cues) == {SoundCue.WATER, SoundCue.CLOTH}


def test_what_another_student_learnt_is_not_mixed_in(tmp_path: Path) -> None:
    SiteFile(tmp_path).teach("student", SoundCue.WATER, TAUGHT)
    SiteFile(tmp_path).teach("another", SoundCue.CLOTH, TAUGHT)
    stored = SiteFile(tmp_path).read()
    assert stored is not None
    assert (stored[0].care_sound, set(stored[0].cues)) == ("another", {SoundCue.CLOTH})


def test_forgetting_the_last_cue_leaves_no_file(tmp_path: Path) -> None:
    for cue in (SoundCue.WATER, SoundCue.CLOTH):
        SiteFile(tmp_path).teach("student", cue, TAUGHT)
    assert SiteFile(tmp_path).forget(SoundCue.WATER)
    assert not SiteFile(tmp_path).forget(SoundCue.WATER)
    stored = SiteFile(tmp_path).read()
    assert stored is not None
    assert set(stored[0].cues) == {SoundCue.CLOTH}
    assert SiteFile(tmp_path).forget(SoundCue.CLOTH)
    assert list(tmp_path.iterdir()) == []


DAMAGED = {
    "cut short": b'{"care_sound":"st',
    "not text": b"\xff\xfe",
    "empty": b"",
    "an unknown cue": b'{"care_sound":"s","cues":{"thunder":{}}}',
    "more than it should hold": b'{"care_sound":"s","cues":{},"sound":"UklGRg=="}',
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, case: str) -> None:
    (tmp_path / SITE_FILE).write_bytes(DAMAGED[case])
    with pytest.raises(SiteSoundError, match=r"site_sound\.json is damaged"):
        SiteFile(tmp_path).read()


def test_points_of_another_width_or_no_numbers_are_damage() -> None:
    for stretches in (TAUGHT.examples, Stretches.of(np.full((1, 5), np.nan, np.float32), (0,))):
        with pytest.raises(SiteSoundError, match="damaged"):
            stretches.rows(5)


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SiteSoundError, match="device's folder"):
        SiteFile(tmp_path / "none").teach("student", SoundCue.WATER, TAUGHT)
