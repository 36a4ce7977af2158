import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from edge_agent.errors import UnreadableFileError
from edge_agent.inspection.sound import file_confidence, inspect_sound
from edge_agent.observations import SoundObservation
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.sound import CareSoundClassifier
from models.care_sound.data import Split, kitchen20
from sim.sound.care_sounds import water
from visit_record.vocabulary import SoundCue

CUES = [cue.value for cue in SoundCue]


@pytest.fixture(scope="module")
def classifier(registry: Path) -> CareSoundClassifier:
    return CareSoundClassifier(ModelStore.open(registry))


def test_report_has_the_promised_shape(tmp_path: Path, classifier: CareSoundClassifier) -> None:
    path = tmp_path / "tap.wav"
    soundfile.write(path, water(4.8, np.random.default_rng(1)), 16_000)
    report = json.loads(json.dumps(inspect_sound(path, classifier)))
    assert list(report) == ["file", "cues", "windows"]
    assert report["file"] == str(path)
    assert list(report["cues"]) == CUES
    assert [window["t_s"] for window in report["windows"]] == pytest.approx([0.48 * i for i in range(9)])
    assert all(list(window) == ["t_s", *CUES] for window in report["windows"])
    assert max(report["cues"], key=report["cues"].get) == "water"


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100])
@pytest.mark.parametrize("duration_s", [0.0002, 0.94])
def test_a_file_shorter_than_a_window_is_an_error_and_not_quiet(
    tmp_path: Path, classifier: CareSoundClassifier, rate_hz: int, duration_s: float
) -> None:
    path = tmp_path / "drop.wav"
    soundfile.write(path, np.full(max(3, round(duration_s * rate_hz)), 0.1), rate_hz)
    with pytest.raises(UnreadableFileError, match="too short"):
        inspect_sound(path, classifier)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000])
def test_a_file_of_just_one_window_is_heard(tmp_path: Path, classifier: CareSoundClassifier, rate_hz: int) -> None:
    path = tmp_path / "moment.wav"
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, round(0.96 * rate_hz)), rate_hz)
    assert len(inspect_sound(path, classifier)["windows"]) == 1  # type: ignore[arg-type]


def test_unreadable_file_is_an_error_and_not_silence(tmp_path: Path, classifier: CareSoundClassifier) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("not sound")
    with pytest.raises(UnreadableFileError):
        inspect_sound(path, classifier)


def heard(level_dbfs: float, **cues: float) -> SoundObservation:
    return SoundObservation(0, tuple(cues.get(cue, 0.0) for cue in CUES), level_dbfs)


def test_silence_around_a_sound_does_not_drown_it() -> None:
    windows = [heard(-80.0, quiet=1.0)] * 6 + [heard(-30.0, tableware=0.9)] * 2
    confidence = file_confidence(windows)
    assert confidence[SoundCue.TABLEWARE] == pytest.approx(0.9)
    assert confidence[SoundCue.QUIET] == pytest.approx(0.75)


def test_one_odd_window_does_not_speak_for_the_file() -> None:
    assert file_confidence([heard(-30.0, cough=1.0)] + [heard(-30.0)] * 9)[SoundCue.COUGH] < 0.01


@pytest.mark.realdata
def test_kept_aside_kitchen_recordings_go_through(realdata: Path, classifier: CareSoundClassifier) -> None:
    clips = [clip for clip in kitchen20(realdata, Split.TEST) if clip.cues == {SoundCue.APPLIANCE}][:12]
    reports = [inspect_sound(realdata / "sounds" / "kitchen20" / clip.name, classifier) for clip in clips]
    confidence = [report["cues"]["appliance"] for report in reports]  # type: ignore[index]
    assert np.mean(confidence) > 0.5
