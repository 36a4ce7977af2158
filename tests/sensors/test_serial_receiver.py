"""A receiver on a serial line, played over a pseudo-terminal."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

from edge_agent.errors import SensorError
from edge_agent.ports import Sensor
from edge_agent.readings import PositionReading
from edge_agent.sensors.gpsd_daemon import pseudo_terminal
from edge_agent.sensors.monotonic import monotonic_ms
from edge_agent.sensors.serial_receiver import SerialReceiver
from tests.sensors.receiver_logs import nmea_log, ubx_log
from visit_record.vocabulary import FixType, Modality


@contextmanager
def speaking(content: bytes, pause_s: float = 0.02) -> Iterator[str]:
    """A line on which a receiver says this over and over, in pieces."""
    over = threading.Event()
    with pseudo_terminal() as (ours, device):

        def speak() -> None:
            while content and not over.is_set():
                for at in range(0, len(content), 50):
                    over.wait(pause_s)
                    if over.is_set():
                        return
                    os.write(ours, content[at : at + 50])

        speaker = threading.Thread(target=speak, daemon=True)
        speaker.start()
        try:
            yield device
        finally:
            over.set()
            speaker.join(5)


def receiver(device: str, silence_s: float = 5.0, baud: int = 9_600) -> SerialReceiver:
    return SerialReceiver(device, baud, monotonic_ms, silence_s)


def test_a_receiver_on_a_line_of_its_own_is_followed_by_the_devices_clock() -> None:
    before_ms = monotonic_ms()
    with speaking(nmea_log(5)) as device:
        sensor: Sensor[PositionReading] = receiver(device)
        fixes = list(islice(sensor.readings(), 1, 6))
    assert sensor.modality is Modality.POSITION
    assert {fix.longitude_deg for fix in fixes} == {121.5}
    assert {fix.fix_type for fix in fixes} == {FixType.FIX_3D}
    assert [fix.at_ms for fix in fixes] == sorted(fix.at_ms for fix in fixes)
    assert before_ms < fixes[0].at_ms <= monotonic_ms()


def test_a_line_that_is_silent_or_in_another_language_is_a_sensor_that_failed_in_bounded_time() -> None:
    for content, what in ((b"", "says nothing"), (ubx_log(20), "is no NMEA"), (b"\xfe\x80~" * 300, "is no NMEA")):
        began_s = time.monotonic()
        with speaking(content) as device, pytest.raises(SensorError, match=what):
            next(receiver(device, 1.0).readings())
        assert time.monotonic() - began_s < 20


def test_a_receiver_that_is_pulled_out_is_a_sensor_that_failed() -> None:
    with pseudo_terminal() as (ours, device):
        # Opening a line throws away what came before.
        threading.Timer(0.2, os.write, (ours, nmea_log(5))).start()
        readings = receiver(device, 1.0).readings()
        next(readings)
        with pytest.raises(SensorError, match=r"says nothing|is gone"):
            list(readings)


def test_what_is_no_line_is_a_sensor_error_that_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for device, baud, what in (
        ("/dev/ttyNone", 9_600, r"no receiver at /dev/ttyNone .*\[position\] serial"),
        (str(tmp_path / "file"), 9_600, r"is no serial line; check \[position\] serial"),
        ("/dev/ttyNone", 9_601, r"no speed of 9601; set \[position\] baud"),
    ):
        with pytest.raises(SensorError, match=what):
            next(receiver(device, 0.3, baud).readings())
