"""No mistake of an operator ends in a traceback, and help comes at once."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from edge_agent.commands.failure import one_line, run
from edge_agent.commands.many_files import repeated
from edge_agent.commands.options import Compared, Enrolled, Files
from edge_agent.commands.report import cell
from edge_agent.errors import OutboxError
from tests.commands.call import call
from visit_record.bilingual import Words
from visit_record.errors import DamagedCodeError, OversizedError

Capture = pytest.CaptureFixture[str]

WRONG = {
    "unknown command": ("fly",),
    "unknown sense": ("inspect", "smell"),
    "unknown option": ("inspect", "gps", "--bogus", "a.log"),
    "no file": ("inspect", "gps"),
    "bed of two numbers": ("inspect", "thermal", "--bed", "1,2", "a.npy"),
    "bed of words": ("inspect", "thermal", "--bed", "a,b,c,d", "a.npy"),
    "site of one number": ("inspect", "gps", "--site", "31.2", "a.log"),
    "site of words": ("inspect", "gps", "--site", "at,home", "a.log"),
    "site off the earth": ("inspect", "gps", "--site", "131.2,121.5", "a.log"),
    "site that is no number": ("inspect", "gps", "--site", "nan,121.5", "a.log"),
    "radius of nothing": ("inspect", "gps", "--site", "31.2,121.5", "--radius", "0", "a.log"),
    "ambient of words": ("inspect", "thermal", "--ambient", "warm", "a.npy"),
}


@pytest.mark.parametrize("args", WRONG.values(), ids=WRONG.keys())
def test_wrong_use_exits_with_two(capsys: Capture, args: tuple[str, ...]) -> None:
    called = call(capsys, *args)
    assert (called.status, called.out) == (2, "")
    assert called.err


def test_help_loads_none_of_the_senses_libraries() -> None:
    heavy = "{'numpy', 'onnxruntime', 'cv2', 'face_recognition', 'soundfile', 'pynmea2'}"
    code = f"import sys; from edge_agent.cli import program; program(); sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("program", ["edge_agent", "ingest_server", "sim"])
def test_terminal_that_knows_no_chinese_is_told_all_the_same(program: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", program]
    helped = subprocess.run([*command, "--help"], check=False, capture_output=True, env=environment)
    assert (helped.returncode, b"Usage" in helped.stdout, helped.stderr) == (0, True, b"")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            OutboxError("the disk\nis full; make room", "磁盘已满；\n请腾出空间"),
            "磁盘已满； 请腾出空间 · the disk is full; make room",
        ),
        (OversizedError("too large"), "too large"),
    ],
)
def test_an_error_raised_on_purpose_is_one_line_and_exit_one(capsys: Capture, error: Exception, line: str) -> None:
    def fails() -> None:
        raise error

    with pytest.raises(SystemExit) as ended:
        run(fails)
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"错误 error: {line}\n"


def test_programs_are_told_in_english_and_by_its_kind_what_says_nothing() -> None:
    assert one_line(OutboxError("the disk\nis full", "磁盘已满"), for_programs=True) == "the disk is full"
    assert one_line(OutboxError("the disk is full", "磁盘已满")) == "磁盘已满 · the disk is full"
    assert one_line(OSError(), for_programs=True) == "OSError"
    code = DamagedCodeError("it is cut short", "码不全", Words("再显示一次", "show it again"))
    assert one_line(code, for_programs=True) == "it is cut short; show it again"
    assert one_line(code) == "码不全；再显示一次 · it is cut short; show it again"


def test_a_defect_of_ours_is_not_dressed_up_as_a_mistake_of_theirs() -> None:
    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(fails)


def test_files_in_a_row_all_belong_to_their_option() -> None:
    args = ["--enrol", "a", "b", "--json", "--against", "c", "d", "--registry", "r"]
    expected = ["--enrol", "a", "--enrol", "b", "--json", "--against", "c", "--against", "d", "--registry", "r"]
    assert repeated(args) == expected
    assert repeated(["--enrol", "--against", "c"]) == ["--against", "c"]
    assert repeated(["--enrol=a", "x"]) == ["--enrol=a", "x"]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (None, "—"),
        (0.0, "0"),
        (121.4999999, "121.5"),
        (False, "否 no"),
        ([], "—"),
        ([31.2, 121.5, None], "31.2, 121.5, —"),
        ({"quiet": 0.1, "water": 0.9, "cloth": 0.3, "door": 0.0}, "water 0.90, cloth 0.30, quiet 0.10"),
        ([{"t_s": 0.0}, {"t_s": 0.48}], "2"),
    ],
)
def test_people_read_values_not_python(value: object, read: str) -> None:
    assert cell(value) == read


def test_a_name_with_brackets_is_printed_as_it_is(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("[b]").write_text("$GPGGA,120000,3114.0,N,12130.0,E,1,08,1.0,12.0,M,8.0,M,,*4E\n")
    called = call(capsys, "inspect", "gps", "[b]", "[b]")
    assert called.status == 0
    assert called.out.count("[b]") == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_the_right_to_read_it_does_not_stop_the_others(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "secret.npy").touch(mode=0)
    called = call(capsys, "inspect", "thermal", tmp_path / "secret.npy", tmp_path / "none.npy", "--json")
    assert called.status == 1
    assert len(called.lines) == 2


def test_a_file_is_never_refused_before_it_is_looked_at() -> None:
    for annotated in (Files, Enrolled, Compared):
        (option,) = get_args(annotated)[1:]
        assert not option.readable


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_is_told_to_end_clears_away_what_it_started(asked: signal.Signals) -> None:
    code = (
        "import time; from edge_agent.commands.failure import end_when_asked; end_when_asked()\n"
        "try:\n    print('ready', flush=True); time.sleep(60)\nfinally:\n    print('cleared', flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        program.send_signal(asked)
        assert program.stdout.read() == "cleared\n"
    assert program.returncode == 128 + asked
