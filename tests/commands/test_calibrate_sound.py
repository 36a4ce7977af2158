"""``edge-agent calibrate sound``: a home teaches its own sound, and what cannot be learnt is refused."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from edge_agent.identity import open_identity
from edge_agent.outbox import Outbox
from tests.commands.call import Called, call
from tests.edge_agent.stand_in_ear import Wave, registry_of, rumble, whistle
from tests.selftest.chinese import chinese_in
from visit_record.record import SoundEvidence
from visit_record.sealing import open_record
from visit_record.vocabulary import SoundCue

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory, registry: Path) -> Path:
    return registry_of(tmp_path_factory.mktemp("stand_in"), registry)


@pytest.fixture
def device(tmp_path: Path, capsys: Capture) -> Path:
    folder = tmp_path / "device"
    assert call(capsys, "enrol", "--folder", folder, "--device", "device-1", "--agency", "agency-a").status == 0
    return folder


def recorded(folder: Path, name: str, *waves: Wave) -> Path:
    path = folder / f"{name}.wav"
    soundfile.write(path, np.concatenate(waves), 16_000)
    return path


def whistles(folder: Path, count: int = 5) -> list[Path]:
    return [recorded(folder, f"whistle-{seed}", whistle(5.0, seed)) for seed in range(count)]


@pytest.fixture
def calibrate(capsys: Capture, device: Path, stand_in: Path) -> Callable[..., Called]:
    return lambda *args: call(capsys, "calibrate", "sound", "--folder", device, "--registry", stand_in, *args, "--json")


def p_water(capsys: Capture, stand_in: Path, file: Path, *options: object) -> float:
    called = call(capsys, "inspect", "sound", file, "--registry", stand_in, *options, "--json")
    assert called.status == 0, called.err
    return float(called.lines[0]["cues"]["water"])


def test_five_examples_are_learnt_and_heard_in_another_take(
    calibrate: Callable[..., Called], capsys: Capture, tmp_path: Path, stand_in: Path, device: Path
) -> None:
    background = recorded(tmp_path, "background", *(rumble(5.0, seed) for seed in range(6)))
    called = calibrate("--cue", "water", *whistles(tmp_path), "--background", background)
    assert called.status == 0, called.err
    (learnt,) = called.lines
    assert list(learnt) == [
        "cue", "seconds", "windows", "examples", "recall", "left_out", "false_alarms", "false_alarms_home",
    ]  # fmt: skip
    assert (learnt["cue"], learnt["examples"], learnt["windows"], learnt["seconds"]) == ("water", 5, 45, 24.0)
    assert (learnt["recall"], learnt["left_out"]) == (1.0, "recording")
    assert learnt["false_alarms"] <= 0.05
    assert learnt["false_alarms_home"] <= 0.05
    assert calibrate("--list").lines == [learnt]
    own, other = recorded(tmp_path, "own", whistle(5.0, 99)), recorded(tmp_path, "other", rumble(5.0, 99))
    assert p_water(capsys, stand_in, own, "--folder", device) > 0.5
    assert p_water(capsys, stand_in, other, "--folder", device) < 0.1
    assert p_water(capsys, stand_in, own) < 0.1


def test_nothing_of_the_sound_is_kept(calibrate: Callable[..., Called], tmp_path: Path, device: Path) -> None:
    assert calibrate("--cue", "water", *whistles(tmp_path)).status == 0
    kept = (device / "site_sound.json").read_bytes()
    assert len(kept) < 2_000
    assert set(json.loads(kept)["cues"]["water"]) == {"examples", "background", "false_alarms", "seconds", "windows"}


def test_a_cue_is_forgotten_and_then_no_longer_heard(
    calibrate: Callable[..., Called], capsys: Capture, tmp_path: Path, device: Path, stand_in: Path
) -> None:
    files = whistles(tmp_path)
    calibrate("--cue", "water", *files)
    assert calibrate("--forget", "water").lines == [{"cue": "water", "forgotten": True}]
    assert calibrate("--list").out == ""
    assert p_water(capsys, stand_in, files[0], "--folder", device) < 0.1
    again = calibrate("--forget", "water")
    assert again.status == 1
    assert "never learnt" in again.lines[0]["error"]


def test_stretches_of_one_long_recording_are_examples_too_and_said_to_be_so(
    calibrate: Callable[..., Called], tmp_path: Path
) -> None:
    (learnt,) = calibrate("--cue", "water", recorded(tmp_path, "long", *(whistle(5.0, s) for s in range(6)))).lines
    assert learnt["examples"] >= 5
    assert learnt["left_out"] == "stretch"


Files = Callable[[Path], Sequence[Path]]
SILENCE = np.zeros(80_000, np.float32)
REFUSED: dict[str, tuple[Files, str]] = {
    "four examples": (lambda folder: whistles(folder, 4), "too few"),
    "a file that is too short": (
        lambda folder: [*whistles(folder), recorded(folder, "short", whistle(2.5, 9))],
        "short.wav is too short",
    ),
    "one recording five times": (lambda folder: whistles(folder, 1) * 5, "is the same as"),
    "a silent file": (lambda folder: [*whistles(folder), recorded(folder, "mute", SILENCE)], "mute.wav is too quiet"),
    "a missing file": (lambda folder: [*whistles(folder), folder / "none.wav"], "none.wav is not there"),
    "sounds like any home's": (
        lambda folder: [recorded(folder, f"rumble-{seed}", rumble(5.0, 50 + seed)) for seed in range(6)],
        "is not learnt",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_learnt_is_refused_and_nothing_is_kept(
    calibrate: Callable[..., Called], tmp_path: Path, device: Path, case: str
) -> None:
    files, told = REFUSED[case]
    called = calibrate("--cue", "water", *files(tmp_path))
    assert called.status == 1
    assert told in called.lines[0]["error"]
    assert not (device / "site_sound.json").exists()


TOLD_ZH: dict[str, tuple[Files, str]] = {
    "a file that is too short": (
        lambda folder: [recorded(folder, "short", whistle(2.5, 9))],
        "short.wav 太短：要 2.88",
    ),
    "one recording five times": (lambda folder: whistles(folder, 1) * 5, "whistle-0.wav 相同；请另录"),
    "a silent file": (lambda folder: [recorded(folder, "mute", SILENCE)], "mute.wav 太轻"),
}


@pytest.mark.parametrize("case", TOLD_ZH)
def test_on_a_terminal_what_cannot_be_learnt_is_said_in_chinese_first(
    capsys: Capture, tmp_path: Path, device: Path, stand_in: Path, case: str
) -> None:
    files, told = TOLD_ZH[case]
    options = ("--folder", device, "--registry", stand_in, "--cue", "water")
    called = call(capsys, "calibrate", "sound", *options, *files(tmp_path))
    assert called.status == 1
    zh, _, en = called.err.partition(" · ")
    assert told in zh
    assert not any(chinese_in(en))


def test_a_background_full_of_the_sound_itself_is_refused(calibrate: Callable[..., Called], tmp_path: Path) -> None:
    background = recorded(tmp_path, "background", *(whistle(5.0, seed) for seed in range(20, 30)))
    called = calibrate("--cue", "water", *whistles(tmp_path), "--background", background)
    assert called.status == 1
    assert "--background" in called.lines[0]["error"]


@pytest.mark.parametrize("cue", ["speech", "quiet"])
def test_speech_and_quiet_cannot_be_taught(calibrate: Callable[..., Called], tmp_path: Path, cue: str) -> None:
    called = calibrate("--cue", cue, *whistles(tmp_path))
    assert called.status == 1
    assert "cannot be taught" in called.lines[0]["error"]


WRONG_OPTIONS = {
    "nothing to do": [],
    "a cue without files": ["--cue", "water"],
    "files without a cue": ["tap.wav"],
    "two things at once": ["--list", "--forget", "water"],
    "an unknown cue": ["--cue", "thunder", "tap.wav"],
    "no share": ["--cue", "water", "tap.wav", "--false-alarms", "0"],
}


@pytest.mark.parametrize("case", WRONG_OPTIONS)
def test_wrong_options_are_a_usage_error(calibrate: Callable[..., Called], case: str) -> None:
    called = calibrate(*WRONG_OPTIONS[case])
    assert (called.status, called.out) == (2, "")


def test_lessons_of_another_student_are_refused_with_what_to_do(
    calibrate: Callable[..., Called], capsys: Capture, tmp_path: Path, device: Path
) -> None:
    files = whistles(tmp_path)
    calibrate("--cue", "water", *files)
    newer = registry_of(tmp_path / "newer", bias=-4.0)
    called = call(capsys, "calibrate", "sound", "--folder", device, "--registry", newer, "--list")
    assert called.status == 1
    assert "calibrate sound` again" in called.err
    heard = call(capsys, "inspect", "sound", files[0], "--folder", device, "--registry", newer)
    assert heard.status == 1
    assert "calibrate sound` again" in heard.err


def test_a_person_gets_a_table(calibrate: Callable[..., Called], capsys: Capture, tmp_path: Path, device: Path,
                               stand_in: Path) -> None:  # fmt: skip
    calibrate("--cue", "water", *whistles(tmp_path))
    told = call(capsys, "calibrate", "sound", "--folder", device, "--registry", stand_in, "--list")
    assert told.status == 0
    assert "water" in told.out


VISIT = """
started_at = 2026-01-05T09:00:00+08:00
caregiver = "caregiver-1"
recipient = "recipient-1"
check_out_s = 20
withheld = ["face", "voice", "thermal", "position"]
[microphone]
path = "room.wav"
"""


def witnessed(capsys: Capture, device: Path, stand_in: Path) -> tuple[Called, dict[str, str], SoundEvidence, bytes]:
    home = device.parent
    recorded(home, "room", rumble(6.0, 70), whistle(10.0, 80), rumble(6.0, 71))
    (home / "visit.toml").write_text(VISIT, "utf-8")
    (home / "settings.toml").write_text(f'folder = "device"\nmodels = "{stand_in}"\n', "utf-8")
    called = call(capsys, "run", "--settings", home / "settings.toml", "--replay", home / "visit.toml")
    assert called.status == 0, called.err
    identity = open_identity(device)
    with Outbox(device / "outbox.db", "device-1") as outbox:
        waiting = outbox.pending(99)[-1]
        record = open_record(waiting.sealed, lambda _kid: identity.key.public_key()).record
        journal = outbox.journal(record.jti)
    assert isinstance(record.sound, SoundEvidence)
    assert journal is not None
    return called, record.models, record.sound, journal


def test_a_visit_hears_the_home_and_its_record_names_what_taught_it(
    calibrate: Callable[..., Called], capsys: Capture, tmp_path: Path, device: Path, stand_in: Path
) -> None:
    _, models, untaught, _ = witnessed(capsys, device, stand_in)
    assert "site_sound" not in models
    assert SoundCue.WATER not in {one.cue for one in untaught.intervals}
    calibrate("--cue", "water", *whistles(tmp_path))
    _, models, taught, journal = witnessed(capsys, device, stand_in)
    assert len(models["site_sound"]) == 64
    assert len(models["generic_sounds"]) == 64
    water = [one for one in taught.intervals if one.cue is SoundCue.WATER]
    assert sum(one.duration_s for one in water) > 5
    heard = [line for line in map(json.loads, journal.splitlines()) if line.get("type") == "SoundObservation"]
    assert heard
    assert all(set(line) == {"type", "at_ms", "probabilities", "level_dbfs"} for line in heard)


def test_a_visit_goes_on_without_lessons_that_cannot_be_used(
    calibrate: Callable[..., Called], capsys: Capture, tmp_path: Path, device: Path, stand_in: Path
) -> None:
    calibrate("--cue", "water", *whistles(tmp_path))
    (device / "site_sound.json").write_bytes(b"damaged")
    called, models, sound, _ = witnessed(capsys, device, stand_in)
    assert "site_sound_unused" in called.err + called.out
    assert "site_sound" not in models
    assert sound.coverage > 0.9
