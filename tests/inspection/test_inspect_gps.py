"""Every recorded log is read or named, and NMEA fixes agree with gpsd's own."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.errors import UnreadableFileError
from edge_agent.inspection.position import inspect_gps
from edge_agent.perception.geodesy import Point, distance_m
from edge_agent.sensors.nmea_file import NmeaFile
from tests.sensors.test_receiver_format import PACKETS

# The maker's protocol of every log that is not NMEA, by the beginning of its name.
BINARY = {
    "ais_unpack": "aivdm",
    "bu303": "sirf",
    "garmin18x-bin": "garmin",
    "geostar": "geostar",
    "greis": "greis",
    "italk": "italk",
    "naujoks-ntrip": "ntrip",
    "navcom": "navcom",
    "passthrough": "gpsd_json",
    "rtcm2": "rtcm2",
    "rtcm3": "rtcm3",
    "skytraq-bin": "skytraq",
    "trimble": "tsip",
    "ublox-8-time": "ubx",
    "ublox-aek-4t": "ubx",
    "ublox-lea-4t": "ubx",
    "ublox-neo-m8": "ubx",
    "ublox-sirf1": "sirf",
    "ublox-zed-f9p-hp": "ubx",
    "ublox-zed-f9t-rtcm3": "rtcm3",
    "zodiac": "zodiac",
}
# Receivers that never had a fix while recorded, or speak of other things than position.
WITHOUT_FIX = {"tn200.log", "tn200-all.log", "tnt-revolution.log"}


@pytest.mark.realdata
def test_every_recorded_log_is_read_or_named(realdata: Path) -> None:
    logs = sorted((realdata / "nmea" / "gpsd").glob("*.log"))
    assert len(logs) == 92
    for log in logs:
        told = inspect_gps(log)
        expected = next((name for start, name in BINARY.items() if log.name.startswith(start)), "nmea")
        assert (log.name, told["format"]) == (log.name, expected)
        assert (told["fixes"] > 0) == (expected == "nmea" and log.name not in WITHOUT_FIX), log.name
        assert (told["first"] is None) == (told["fixes"] == 0)
        assert told["max_jump_m"] < 1000, log.name


@pytest.mark.realdata
def test_honest_receivers_show_next_to_no_cue(realdata: Path) -> None:
    cued = {log.name: told for log in (realdata / "nmea" / "gpsd").glob("*.log") if (told := inspect_gps(log)["cues"])}
    assert cued == {"hemi.log": ["no_satellites_yet_fix"]}


def test_binary_format_is_named_with_no_fix(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(PACKETS["ubx"])
    assert inspect_gps(log) == {
        "format": "ubx",
        "fixes": 0,
        "first": None,
        "last": None,
        "max_jump_m": 0.0,
        "cues": [],
    }


def test_nmea_log_tells_first_and_last_fix_with_their_times(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text(
        "$GPRMC,225446.500,A,3114.000,N,12130.000,E,000.5,054.7,191194,,,A\r\n"
        "$GPGLL,3115.000,N,12130.000,E,225449,A\r\n"
        "$GPGLL,,,,,225450,V\r\n"
    )
    told = inspect_gps(log)
    assert told["first"] == [pytest.approx(31.0 + 14 / 60), 121.5, "1994-11-19T22:54:46.500Z"]
    assert told["last"] == [31.25, 121.5, None]
    assert (told["fixes"], told["max_jump_m"]) == (2, pytest.approx(1848, abs=1))


def test_missing_and_empty_files_are_unreadable(tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    for name in ("empty.log", "missing.log", "."):
        with pytest.raises(UnreadableFileError, match=name):
            inspect_gps(tmp_path / name)


def gpsd_fixes(log: Path) -> Iterator[Point]:
    """Play a log once through a gpsd of our own on a free loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    watch = '?WATCH={"enable":true,"json":true}'
    command = ["gpsfake", "-1", "-p", "-q", "-c", "0.005", "-P", str(port), "-r", watch, str(log)]
    # A session of its own, so that the gpsd which gpsfake starts ends with it.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as player:
        try:
            played, _ = player.communicate(timeout=60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(player.pid, signal.SIGKILL)
    for line in played.splitlines():
        told = json.loads(line) if line.startswith('{"class":"TPV"') else {}
        if told.get("mode", 0) >= 2 and "lat" in told:
            yield Point(told["lat"], told["lon"])


@pytest.mark.realdata
@pytest.mark.gpsd
@pytest.mark.parametrize("name", ["nl551e", "gr8013-w", "bu353s4"])
def test_fixes_agree_with_gpsds_own(realdata: Path, name: str) -> None:
    if shutil.which("gpsfake") is None or not Path("/usr/sbin/gpsd").exists():
        pytest.skip("gpsd is not installed: apt install gpsd gpsd-clients")
    log = realdata / "nmea" / "gpsd" / f"{name}.log"
    readings = [each for each in NmeaFile(log).readings() if each.latitude_deg is not None]
    ours = [Point(each.latitude_deg or 0.0, each.longitude_deg or 0.0) for each in readings]
    theirs = list(gpsd_fixes(log))
    assert theirs
    assert distance_m(ours[-1], theirs[-1]) < 1
    for one, others in ((ours, theirs), (theirs, ours)):
        assert max(min(distance_m(point, other) for other in others) for point in one) < 1
