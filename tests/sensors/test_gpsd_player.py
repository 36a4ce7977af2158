"""Binary logs through a gpsd of our own: read, bounded in time, and ended whatever happens."""

import os
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edge_agent.errors import SensorError
from edge_agent.ports import ReceiverDecoder
from edge_agent.sensors.gpsd_daemon import Feed, pseudo_terminal
from edge_agent.sensors.gpsd_player import LARGEST_BYTES, GpsdPlayer, NoGpsd, find_gpsd, receiver_decoder
from edge_agent.sensors.gpsd_times import retimed
from tests.sensors.fake_gpsd import tpv
from tests.sensors.receiver_logs import SIGNALS_DB, gpsd_or_skip, ubx_log
from visit_record.vocabulary import FixType


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "receiver.ubx"
    path.write_bytes(ubx_log(8))
    return path


@pytest.mark.gpsd
def test_a_binary_log_is_read_at_the_receivers_own_pace(log: Path) -> None:
    decoder: ReceiverDecoder = GpsdPlayer(gpsd_or_skip())
    readings = decoder.readings(log)
    assert [reading.at_ms for reading in readings] == list(range(0, 8000, 1000))
    assert [reading.gps_utc_ms for reading in readings] == list(range(1_772_593_445_000, 1_772_593_453_000, 1000))
    assert {reading.longitude_deg for reading in readings} == {121.5}
    assert readings[-1].latitude_deg == pytest.approx(31.200007)
    last = readings[-1]
    assert (last.fix_type, last.satellites, last.snr_db) == (FixType.FIX_3D, 9, tuple(map(float, SIGNALS_DB)))


@pytest.mark.gpsd
def test_the_last_place_is_not_left_in_shared_memory_for_everybody_to_read(log: Path) -> None:
    segments = Path("/proc/sysvipc/shm")
    if shutil.which("ipcrm") is None or not segments.exists():
        pytest.skip("no ipcrm, or no list of shared memory")
    GpsdPlayer(gpsd_or_skip()).readings(log)
    assert str(0x43574954) not in segments.read_text().split()


@pytest.mark.gpsd
def test_a_log_that_breaks_off_inside_a_packet_ends_as_well(log: Path) -> None:
    log.write_bytes(ubx_log(8)[:-30])
    started_s = time.monotonic()
    assert len(GpsdPlayer(gpsd_or_skip()).readings(log)) == 7
    assert time.monotonic() - started_s < 15


NO_POSITIONS = {"noise": os.urandom(20_000), "zeros": bytes(50_000), "empty": b"", "words": b"hello\n" * 500}


@pytest.mark.gpsd
@pytest.mark.parametrize("content", NO_POSITIONS.values(), ids=NO_POSITIONS.keys())
def test_what_holds_no_position_gives_none(log: Path, content: bytes) -> None:
    log.write_bytes(content)
    assert [each for each in GpsdPlayer(gpsd_or_skip()).readings(log) if each.latitude_deg is not None] == []


@pytest.mark.gpsd
def test_two_logs_at_once_do_not_disturb_each_other(log: Path, tmp_path: Path) -> None:
    gpsd = gpsd_or_skip()
    other = tmp_path / "other.ubx"
    other.write_bytes(ubx_log(5))
    with ThreadPoolExecutor() as both:
        assert [len(told) for told in both.map(GpsdPlayer(gpsd).readings, (log, other))] == [8, 5]


def daemon(folder: Path, script: str) -> Path:
    program = folder / "gpsd"
    program.write_text(f"#!/bin/sh\necho $$ > {folder}/pid\n{script}\n")
    program.chmod(0o755)
    return program


def is_running(folder: Path) -> bool:
    try:
        os.kill(int((folder / "pid").read_text()), 0)
    except ProcessLookupError:
        return False
    return True


FAULTY = {
    "ends at once": "exit 1",
    "never listens": "exec sleep 60",
    "will not end": "trap '' TERM; for i in $(seq 200); do sleep 0.2; done",
}


@pytest.mark.parametrize("script", FAULTY.values(), ids=FAULTY.keys())
def test_a_gpsd_that_does_not_start_is_a_sensor_error_and_leaves_nothing_behind(
    log: Path, tmp_path: Path, script: str
) -> None:
    started_s = time.monotonic()
    with pytest.raises(SensorError, match="gpsd did not start"):
        GpsdPlayer(daemon(tmp_path, script), start_s=0.3).readings(log)
    assert time.monotonic() - started_s < 20
    assert not is_running(tmp_path)


def test_a_gpsd_that_is_no_program_is_a_sensor_error(log: Path) -> None:
    with pytest.raises(SensorError, match="cannot let gpsd read"):
        GpsdPlayer(log).readings(log)


@pytest.fixture
def feed(log: Path) -> Iterator[tuple[Feed, socket.socket]]:
    """A feed for a gpsd that is us."""
    ours, theirs = socket.socketpair()
    with ours, theirs, log.open("rb") as content, pseudo_terminal() as (master, _):
        yield Feed(content, master, ours, limit_s=0.3, silence_s=0.1), theirs


def test_a_gpsd_that_never_answers_the_watch_is_a_sensor_error_in_bounded_time(
    feed: tuple[Feed, socket.socket],
) -> None:
    with pytest.raises(SensorError, match="did not read the log within"):
        list(feed[0].lines())


def test_a_gpsd_that_stops_reading_is_a_sensor_error_in_bounded_time(
    log: Path, feed: tuple[Feed, socket.socket]
) -> None:
    log.write_bytes(bytes(1 << 20))
    feed[1].sendall(b'{"class":"WATCH"}\n')
    with pytest.raises(SensorError, match="did not read the log within"):
        list(feed[0].lines())


def test_a_gpsd_that_ends_before_the_log_is_a_sensor_error(feed: tuple[Feed, socket.socket]) -> None:
    feed[1].close()
    with pytest.raises(SensorError, match="gpsd ended before the log did"):
        list(feed[0].lines())


def test_a_gpsd_that_keeps_silent_once_it_has_the_log_has_ended(log: Path, feed: tuple[Feed, socket.socket]) -> None:
    log.write_bytes(b"")
    feed[1].sendall(b'{"class":"WATCH"}\n')
    assert list(feed[0].lines()) == [b'{"class":"WATCH"}']


def test_a_log_that_is_not_there_or_too_large_is_a_sensor_error(tmp_path: Path) -> None:
    player = GpsdPlayer(tmp_path / "gpsd")
    with pytest.raises(SensorError, match=r"missing\.log"):
        player.readings(tmp_path / "missing.log")
    with (tmp_path / "large.log").open("wb") as large:
        large.truncate(LARGEST_BYTES + 1)
    with pytest.raises(SensorError, match="larger than 64 MiB"):
        player.readings(tmp_path / "large.log")


def test_a_machine_without_gpsd_says_so_and_what_to_do(log: Path) -> None:
    with pytest.raises(SensorError, match="apt install gpsd"):
        NoGpsd().readings(log)


def test_what_the_machine_has_decides() -> None:
    assert isinstance(receiver_decoder(), GpsdPlayer if find_gpsd() else NoGpsd)


def test_one_moment_told_twice_is_one_fix_and_a_mended_date_no_step() -> None:
    lines = [
        tpv(1.0, device="/dev/pts/9"),
        tpv(2.0, device="/dev/pts/9", time="2026-03-04T03:04:05.000Z"),
        tpv(3.0, device="/dev/pts/9", time="2026-03-04T03:04:05.000Z"),
        tpv(9.0, device="/dev/ttyUSB0", time="2026-03-04T03:04:06.000Z"),
        tpv(4.0, device="/dev/pts/9", time="2026-03-04T03:04:08.500Z"),
        tpv(5.0, device="/dev/pts/9", time="2006-07-19T03:04:09.500Z"),
        b'{"class":"DEVICE","path":"/dev/pts/9","activated":0}',
        tpv(6.0, device="/dev/pts/9"),
    ]
    readings = [(reading.at_ms, reading.latitude_deg) for reading in retimed(lines, "/dev/pts/9")]
    assert readings == [(0, 1.0), (1000, 3.0), (4500, 4.0), (5500, 5.0)]
