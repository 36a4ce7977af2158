"""``edge-agent inspect gps``: the fixed shape, and files that fail without stopping the others."""

from pathlib import Path

import pytest

from tests.commands.call import call
from tests.sensors.receiver_logs import gpsd_or_skip, ubx_log
from tests.sensors.test_receiver_format import PACKETS

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "a.log"
    path.write_bytes(b"$GPRMC,225446.500,A,3114.000,N,12130.000,E,000.5,054.7,191194,,,A\r\n")
    return path


def test_one_log_is_one_line_of_the_fixed_shape(capsys: Capture, log: Path) -> None:
    called = call(capsys, "inspect", "gps", log, "--json")
    (line,) = called.lines
    assert (called.status, called.err) == (0, "")
    assert list(line) == ["format", "fixes", "first", "last", "max_jump_m", "cues"]
    assert (line["format"], line["fixes"], line["cues"]) == ("nmea", 1, [])
    assert line["first"] == line["last"] == [pytest.approx(31 + 14 / 60), 121.5, "1994-11-19T22:54:46.500Z"]


@pytest.mark.parametrize(
    ("site", "radius", "verdict"),
    [
        ("31.2333,121.5", "150", "inside"),
        ("31.2333,121.6", "150", "outside"),
        ("31.2333,121.5018", "175", "cannot_tell"),
    ],
)
def test_a_site_adds_its_verdict_and_distance(
    capsys: Capture, tmp_path: Path, site: str, radius: str, verdict: str
) -> None:
    log = tmp_path / "fix.log"
    log.write_bytes(b"$GPGGA,120000,3114.0,N,12130.0,E,1,08,1.0,12.0,M,8.0,M,,*45\r\n")
    (line,) = call(capsys, "inspect", "gps", log, "--site", site, "--radius", radius, "--json").lines
    assert list(line)[-2:] == ["site", "distance_m"]
    assert line["site"] == verdict
    east_m = abs(float(site.split(",")[1]) - 121.5) * 95_200
    assert line["distance_m"] == pytest.approx(east_m, rel=0.01, abs=10)


def test_a_fix_of_unknown_accuracy_or_none_at_all_cannot_tell(capsys: Capture, log: Path, tmp_path: Path) -> None:
    (tmp_path / "ubx.log").write_bytes(PACKETS["ubx"])
    called = call(capsys, "inspect", "gps", log, tmp_path / "ubx.log", "--site", "31.2333,121.5", "--json")
    assert [line["site"] for line in called.lines] == ["cannot_tell", "cannot_tell"]
    assert called.lines[0]["distance_m"] == pytest.approx(0, abs=10)
    assert called.lines[1]["distance_m"] is None


def test_a_file_that_cannot_be_read_does_not_stop_the_others(capsys: Capture, log: Path, tmp_path: Path) -> None:
    (tmp_path / "ubx.log").write_bytes(PACKETS["ubx"])
    (tmp_path / "empty.log").touch()
    files = [tmp_path / "missing.log", log, tmp_path / "empty.log", tmp_path / "ubx.log", tmp_path]
    called = call(capsys, "inspect", "gps", *files, "--json")
    assert called.status == 1
    assert [line["file"] for line in called.lines] == [str(path) for path in files]
    assert ["error" in line for line in called.lines] == [True, False, True, False, True]
    assert [line.get("format") for line in called.lines] == [None, "nmea", None, "ubx", None]


FOREIGN = {
    "WAV": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(range(256)),
    "NumPy": b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'}" + bytes(64),
    "PNG": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64),
    "FLAC": b"fLaC\x00\x00\x00\x22" + bytes(64),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_of_another_sense_is_an_error_and_no_log_without_fixes(
    capsys: Capture, log: Path, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "other").write_bytes(FOREIGN[kind])
    called = call(capsys, "inspect", "gps", tmp_path / "other", log, "--json")
    assert called.status == 1
    assert list(called.lines[0]) == ["file", "error"]
    assert f"is a {kind} file" in called.lines[0]["error"]
    assert called.lines[1]["fixes"] == 1


def test_bytes_that_may_be_a_receiver_s_are_no_error(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x00\x07RIFF and WAVE further on\x01")
    called = call(capsys, "inspect", "gps", tmp_path / "a.bin", "--json")
    assert called.status == 0
    assert (called.lines[0]["format"], called.lines[0]["fixes"]) == ("unknown_binary", 0)


def test_people_get_a_table_and_the_errors_beside_it(capsys: Capture, log: Path, tmp_path: Path) -> None:
    called = call(capsys, "inspect", "gps", log, tmp_path / "missing.log")
    assert called.status == 1
    assert "格式" in called.out
    assert "nmea" in called.out
    assert called.err.count("\n") == 1
    assert "missing.log" in called.err


@pytest.mark.gpsd
def test_a_binary_log_is_read_where_gpsd_is_installed(capsys: Capture, tmp_path: Path) -> None:
    gpsd_or_skip()
    (tmp_path / "a.ubx").write_bytes(ubx_log(8))
    called = call(capsys, "inspect", "gps", tmp_path / "a.ubx", "--json")
    (line,) = called.lines
    assert (called.status, called.err) == (0, "")
    assert (line["format"], line["fixes"], line["cues"]) == ("ubx", 8, [])
    assert line["first"] == [31.2, 121.5, "2026-03-04T03:04:05.000Z"]


def test_a_machine_without_gpsd_says_so_once_beside_the_lines(capsys: Capture, log: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ubx").write_bytes(ubx_log(8))
    (tmp_path / "b.ubx").write_bytes(ubx_log(2))
    files = [tmp_path / "a.ubx", log, tmp_path / "b.ubx"]
    called = call(capsys, "inspect", "gps", *files, "--gpsd", tmp_path / "none", "--json")
    assert called.status == 0
    assert [(line["format"], line["fixes"]) for line in called.lines] == [("ubx", 0), ("nmea", 1), ("ubx", 0)]
    assert called.err.count("\n") == 1
    assert "没有 gpsd" in called.err
    assert "apt install gpsd" in called.err


@pytest.mark.realdata
def test_every_recorded_log_gets_a_line_without_gpsd(capsys: Capture, realdata: Path) -> None:
    logs = sorted((realdata / "nmea" / "gpsd").glob("*.log"))
    called = call(capsys, "inspect", "gps", *logs, "--gpsd", realdata / "none", "--json")
    assert called.status == 0
    assert [line["file"] for line in called.lines] == [str(log) for log in logs]
