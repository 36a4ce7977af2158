"""The command as an installer and a script use it."""

import os
from pathlib import Path

import pytest

from edge_agent.installed import AGENT
from edge_agent.selftest.finding import Step, Verdict
from edge_agent.selftest.printing import VERDICTS
from edge_agent.sole_witness import sole_witness
from tests.commands.call import call
from tests.selftest.conftest import Fit, Walked

Capture = pytest.CaptureFixture[str]
KEYS = ["step", "subject", "verdict", "zh", "en", "do_zh", "do_en", "measured", "took_ms"]
DOCS = Path(__file__).parent.parent.parent / "docs" / "selftest.md"


def test_without_settings_nothing_is_fitted_the_models_are_looked_at_and_all_is_well(capsys: Capture) -> None:
    called = call(capsys, "selftest", "--json")
    assert called.status == 0, called.out
    lines = called.lines
    assert all(list(line) == KEYS for line in lines)
    assert {line["step"] for line in lines} == set(Step)
    verdicts = {line["step"]: line["verdict"] for line in lines if line["step"] not in {"models", "clock"}}
    assert set(verdicts.values()) == {"not_fitted"}
    answered = {line["subject"] for line in lines if line["measured"].get("answers_ms") is not None}
    assert {"voiceprint", "occupancy", "care_sound", "face_engine"} <= answered


def test_a_device_with_nothing_fitted_is_not_well_since_its_agent_would_not_start(walked: Walked) -> None:
    called = walked(more=("--skip", "models"))
    assert called.status == 1
    settings = called.lines[0]
    assert (settings["step"], settings["verdict"]) == ("settings", "fail")
    assert "nothing is fitted, and the agent does not start" in settings["en"]


def test_what_is_not_fitted_is_no_fault_beside_a_part_that_is(walked: Walked, fit: Fit) -> None:
    fit("[position]\n")
    called = walked(more=("--skip", "models", "--skip", "position"))
    assert called.status == 0, called.out
    verdicts = {(line["step"], line["subject"]): line["verdict"] for line in called.lines}
    assert {step for (step, _), verdict in verdicts.items() if verdict == "pass"} >= {
        "settings", "program", "folder", "outbox", "identity", "roster",
    }  # fmt: skip
    sensors = {"camera", "microphone", "thermal", "tamper", "broker", "bridge"}
    assert {verdicts[step, ""] for step in sensors} == {"not_fitted"}


def test_people_read_chinese_first_then_english_then_what_to_do(capsys: Capture, device: Path, fit: Fit) -> None:
    fit('[camera]\nsource = "/dev/no-such-camera"\n')
    called = call(capsys, "selftest", "--settings", device / "settings.toml", "--only", "camera")
    assert called.status == 1
    first, zh, en, do_zh, do_en, last = called.out.splitlines()
    assert first == "[失败 fail] 摄像头 camera"
    assert zh.strip() == ("无法打开或已中断（/dev/no-such-camera 没有摄像头）")
    assert en.strip().startswith("cannot be opened or broke off (no camera at")
    assert "怎么办" in do_zh
    assert "ls -l /dev/carewitness/camera" in do_zh
    assert "what to do" in do_en
    assert last == "失败 fail 1；失败的是 failed: camera"


def test_only_and_skip_choose_the_steps_and_keep_their_order(walked: Walked) -> None:
    assert [line["step"] for line in walked("clock", "folder").lines] == ["folder", "clock"]
    assert [line["step"] for line in walked("clock", "folder", more=("--skip", "clock")).lines] == ["folder"]


WRONG = {
    "a step that is none": ("--only", "smell"),
    "no step left": ("--only", "camera", "--skip", "camera"),
    "an option that is none": ("--loud",),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_exits_with_two_and_says_so(capsys: Capture, case: str) -> None:
    called = call(capsys, "selftest", *WRONG[case])
    assert (called.status, called.out) == (2, "")
    assert called.err


BAD_SETTINGS = {
    "a name that is not known": "[camera]\nsauce = 1\n",
    "no TOML": "[camera\n",
    "a value out of its bounds": "[camera]\nrate_hz = -1.0\n",
}


@pytest.mark.parametrize("case", BAD_SETTINGS)
def test_settings_that_are_wrong_fail_and_what_they_would_say_is_not_observable(
    device: Path, walked: Walked, case: str
) -> None:
    with (device / "settings.toml").open("a") as settings:
        settings.write(BAD_SETTINGS[case])
    called = walked(more=("--skip", "models", "--skip", "bridge", "--skip", "clock"))
    first, *others = called.lines
    assert called.status == 1
    assert (first["step"], first["verdict"]) == ("settings", "fail")
    assert "docs/sensors.md" in first["do_en"]
    assert {line["verdict"] for line in others} == {"not_observable"}


ABSENT = {
    "of a device that is not enrolled": (
        "var/lib/carewitness/settings.toml",
        "sudo carewitness-enrol --scan（或 /mnt）",
    ),
    "of a source tree": ("none.toml", "核对 --settings 的路径"),
}


@pytest.mark.parametrize("case", ABSENT)
def test_a_settings_file_that_is_not_there_is_none_to_correct_and_what_to_do_is_said_once(
    capsys: Capture, tmp_path: Path, case: str
) -> None:
    file, remedy = ABSENT[case]
    some = ("--skip", "models", "--skip", "clock", "--skip", "bridge")
    called = call(capsys, "selftest", "--json", "--settings", tmp_path / file, *some)
    first, *others = called.lines
    assert (called.status, first["step"], first["verdict"]) == (1, "settings", "fail")
    assert [line["do_zh"] for line in called.lines if line["do_zh"]] == [remedy]
    assert {line["verdict"] for line in others} == {"not_observable"}


def test_while_a_witness_is_at_work_its_sensors_are_left_alone(fit: Fit, walked: Walked) -> None:
    settings = fit('[camera]\nsource = "/dev/no-such-camera"\n[broker]\nurl = "mqtt://127.0.0.1:1"\n')
    with sole_witness(settings.folder):
        called = walked("program", "camera", "broker")
    program, camera, broker = called.lines
    assert called.status == 1
    assert program["verdict"] == "fail"
    assert "systemctl stop carewitness-agent" in program["do_zh"]
    assert {camera["verdict"], broker["verdict"]} == {"not_observable"}
    assert [line["verdict"] for line in walked("program").lines] == ["pass"], "it is let go of"


def test_no_witness_begins_while_the_walk_is_under_way_and_nothing_is_left_behind(fit: Fit, walked: Walked) -> None:
    settings = fit()
    before = {one.name for one in settings.folder.iterdir()}
    assert walked("program", "folder", "outbox", "identity", "roster").status == 0
    assert {one.name for one in settings.folder.iterdir()} - before == {"witness.lock"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_root_is_refused_in_anothers_folder_where_its_files_would_lock_the_agent_out(
    device: Path, walked: Walked
) -> None:
    os.chown(device / "device", 65_534, 65_534)
    called = walked()
    assert called.status == 2
    assert "65534" in called.err
    assert not (device / "device" / "witness.lock").exists()


def test_every_step_verdict_key_and_exit_code_is_in_the_document() -> None:
    text = DOCS.read_text("utf-8")
    assert [word for word in (*Step, *KEYS, *Verdict) if f"`{word}`" not in text] == []
    assert [words for words in VERDICTS.values() if words.zh not in text] == []


def test_the_program_is_named_by_the_path_that_the_appliances_guide_has() -> None:
    assert f"`{AGENT} outbox --folder" in (DOCS.parent / "appliance.md").read_text("utf-8")
