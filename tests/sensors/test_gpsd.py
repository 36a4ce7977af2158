"""The live receiver: gpsd's troubles are gaps or a sensor that failed, and nothing hangs."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import pytest

from edge_agent.errors import SensorError
from edge_agent.perception.place_cues import place_cues
from edge_agent.perception.position import observe_position
from edge_agent.ports import Sensor
from edge_agent.readings import PositionReading
from edge_agent.sensors.gpsd import GpsdReceiver, Patience
from edge_agent.sensors.gpsd_daemon import forget_shared_memory
from edge_agent.sensors.monotonic import monotonic_ms
from tests.sensors.fake_gpsd import FakeGpsd, Script, tpv
from tests.sensors.receiver_logs import gpsd_or_skip, nmea_log, nmea_sky_log
from visit_record.vocabulary import FixType, Modality, PlaceCue

SHORT = Patience(reading_s=0.6, stall_s=0.2, retry_s=0.02, tick_s=0.02)
LONG = Patience(reading_s=20.0, stall_s=0.2, retry_s=0.02, tick_s=0.02)
FOREVER_S = 30.0
START_S, STARTS = 5.0, 3


def receiver(gpsd: FakeGpsd, patience: Patience = LONG) -> GpsdReceiver:
    return GpsdReceiver("127.0.0.1", gpsd.port, monotonic_ms, patience)


def latitudes(*scripts: Script, count: int) -> list[float | None]:
    with FakeGpsd(*scripts) as gpsd:
        readings = receiver(gpsd).readings()
        return [reading.latitude_deg for reading in islice(readings, count)]


def test_readings_carry_the_devices_own_time_and_gpsd_is_asked_for_json() -> None:
    times = iter(range(0, 100_000, 7))
    with FakeGpsd([tpv(), tpv(mode=1), FOREVER_S]) as gpsd:
        sensor: Sensor[PositionReading] = GpsdReceiver("127.0.0.1", gpsd.port, lambda: next(times), LONG)
        fix, lost = islice(sensor.readings(), 2)
    assert sensor.modality is Modality.POSITION
    assert (fix.fix_type, lost.fix_type) == (FixType.FIX_3D, FixType.NONE)
    assert 0 < fix.at_ms < lost.at_ms
    assert gpsd.asked == [b'?WATCH={"enable":true,"json":true};\n']


def test_gpsd_that_is_not_there_is_a_sensor_error_that_says_what_to_do_on_the_first_reading_only() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    readings = GpsdReceiver("127.0.0.1", port, monotonic_ms, SHORT).readings()
    with pytest.raises(SensorError, match=f"no gpsd at 127.0.0.1:{port}.*systemctl start gpsd"):
        next(readings)


def test_gpsd_that_starts_anew_leaves_a_gap() -> None:
    assert latitudes([tpv(1.0)], [tpv(2.0)], [tpv(3.0)], count=3) == [1.0, 2.0, 3.0]


def test_a_connection_that_stalls_is_made_anew() -> None:
    assert latitudes([tpv(1.0), FOREVER_S], [tpv(2.0), FOREVER_S], count=2) == [1.0, 2.0]


CUT = tpv(1.0)


def test_a_report_that_comes_in_pieces_is_whole() -> None:
    assert latitudes([CUT[:9], 0.05, CUT[9:40], 0.05, CUT[40:], FOREVER_S], count=1) == [1.0]


def test_a_report_that_breaks_off_with_its_connection_is_none() -> None:
    assert latitudes([CUT[:40]], [tpv(2.0), FOREVER_S], count=1) == [2.0]


NOISE = {
    "lines": b"\xff\x00 nonsense\n" * 50,
    "one line without an end": b"x" * 300_000 + b"\n",
    "reports of another kind": b'{"class":"PPS","device":"/dev/pps0","real_sec":1}\n' * 50,
}


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE.keys())
def test_noise_between_reports_is_no_matter(noise: bytes) -> None:
    assert latitudes([tpv(1.0), noise, tpv(2.0), FOREVER_S], count=2) == [1.0, 2.0]


FAILED = {
    "no receiver plugged in": [FOREVER_S],
    "garbage that never ends": [b"GET / HTTP/1.1\r\n", 0.01] * 3000,
    "garbage that never ends a line": [b"x" * 1000, 0.01] * 3000,
    "reports of satellites alone": [b'{"class":"SKY","device":"/dev/a","satellites":[]}\n', 0.01] * 3000,
}


@pytest.mark.parametrize("script", FAILED.values(), ids=FAILED.keys())
def test_a_gpsd_that_gives_no_position_is_a_sensor_that_failed_in_bounded_time(script: Script) -> None:
    started_s = time.monotonic()
    with FakeGpsd(*[script] * 20) as gpsd, pytest.raises(SensorError, match=r"no position report for 0\.6 s"):
        next(receiver(gpsd, SHORT).readings())
    assert time.monotonic() - started_s < 10


def test_a_gpsd_that_is_gone_for_good_is_a_sensor_that_failed() -> None:
    with FakeGpsd([tpv(1.0)]) as gpsd:
        readings = receiver(gpsd, SHORT).readings()
        assert next(readings).latitude_deg == 1.0
        with pytest.raises(SensorError, match="no position report"):
            next(readings)


def test_time_that_the_visit_took_is_not_held_against_the_receiver() -> None:
    with FakeGpsd([tpv(1.0), tpv(2.0), 1.0, tpv(3.0), FOREVER_S], *[[FOREVER_S]] * 20) as gpsd:
        readings = receiver(gpsd, Patience(0.9, 0.9, 0.02, 0.02)).readings()
        assert next(readings).latitude_deg == 1.0
        time.sleep(1.1)
        assert [next(readings).latitude_deg for _ in range(2)] == [2.0, 3.0]


def test_a_visit_that_ends_lets_go_of_gpsd() -> None:
    chatter: list[bytes | float] = [0.01, b"\n"]
    with FakeGpsd([tpv(1.0), *chatter * 2000]) as gpsd:
        readings = receiver(gpsd).readings()
        next(readings)
        assert isinstance(readings, Generator)
        readings.close()
        started_s = time.monotonic()
    assert time.monotonic() - started_s < 5


@pytest.fixture
def live_gpsd(tmp_path: Path) -> Iterator[int]:
    """The port of a real gpsd whose receiver speaks, over and over, what :func:`nmea_log` writes."""
    with real_gpsd(tmp_path / "own.log", nmea_log(5)) as port:
        yield port


@contextmanager
def real_gpsd(file: Path, log: bytes) -> Iterator[int]:
    """The port of a real gpsd whose receiver speaks a log over and over."""
    gpsd_or_skip()
    if shutil.which("gpsfake") is None:
        pytest.skip("gpsfake is not installed: apt install gpsd-clients")
    file.write_bytes(log)
    for _ in range(STARTS):
        with playing(file) as port:
            if has_receiver(port):
                yield port
                return
    pytest.fail(f"gpsfake told its gpsd of no receiver, {STARTS} times")


@contextmanager
def playing(log: Path) -> Iterator[int]:
    """The port of a gpsd whose receiver speaks a log over and over."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["gpsfake", "-q", "-n", "-c", "0.05", "-P", str(port), str(log)]
    silent = subprocess.DEVNULL
    # A session of its own, so that the gpsd which gpsfake starts ends with it.
    with subprocess.Popen(command, stdout=silent, stderr=silent, start_new_session=True) as player:
        try:
            yield port
        finally:
            os.killpg(player.pid, signal.SIGKILL)
    forget_shared_memory(0x47700000 + port)


def has_receiver(port: int) -> bool:
    """Whether gpsd has one: gpsfake 3.22 may tell it before it listens, and plays to nobody then."""
    give_up_at_s = time.monotonic() + START_S
    while time.monotonic() < give_up_at_s:
        with (
            suppress(OSError),
            socket.create_connection(("127.0.0.1", port), 1) as asking,
            asking.makefile("rb") as told,
        ):
            asking.settimeout(1)
            asking.sendall(b"?DEVICES;\n")
            if any(b'"path":' in line for line in islice(told, 2)):
                return True
        time.sleep(0.1)
    return False


def fixes(port: int, count: int) -> list[PositionReading]:
    """The next readings with a place."""
    receiver = GpsdReceiver("127.0.0.1", port, monotonic_ms, LONG)
    give_up_at_s = time.monotonic() + 30
    readings: list[PositionReading] = []
    while not readings and time.monotonic() < give_up_at_s:
        try:
            readings = list(islice((each for each in receiver.readings() if each.latitude_deg), count))
        except SensorError:
            time.sleep(0.1)
    return readings


@pytest.mark.gpsd
def test_a_real_gpsd_is_followed(live_gpsd: int) -> None:
    readings = fixes(live_gpsd, 8)
    assert {reading.longitude_deg for reading in readings} == {121.5}
    assert all(31.2 <= (reading.latitude_deg or 0.0) < 31.2001 for reading in readings)
    assert [reading.at_ms for reading in readings] == sorted(reading.at_ms for reading in readings)


SKIES: Mapping[str, tuple[int | None, tuple[PlaceCue, ...]]] = {
    "those used are not listed": (None, ()),
    "nine are used": (9, ()),
    "none is used": (0, (PlaceCue.NO_SATELLITES_YET_FIX,)),
}


@pytest.mark.gpsd
@pytest.mark.parametrize("case", SKIES)
def test_a_real_gpsd_counts_no_satellites_where_it_was_told_none(case: str, tmp_path: Path) -> None:
    used, cues = SKIES[case]
    with real_gpsd(tmp_path / "own.log", nmea_sky_log([used] * 12)) as port:
        readings = fixes(port, 10)
    assert {reading.satellites for reading in readings} <= {None, used}
    assert readings[-1].satellites == used
    signals = {len(reading.snr_db) for reading in readings if reading.snr_db is not None}
    # Where it is told of none used, gpsd 3.22 tells of the sky seldom, or never.
    assert signals == {9} or (used is None and not signals)
    assert place_cues([observe_position(reading, None) for reading in readings]) == cues
