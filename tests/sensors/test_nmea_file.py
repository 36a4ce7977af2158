"""A log as a sensor: what cannot be replayed is the port's own error."""

from pathlib import Path

import pytest

from edge_agent.errors import SensorError
from edge_agent.ports import Sensor
from edge_agent.readings import PositionReading
from edge_agent.sensors.nmea_file import NmeaFile
from visit_record.vocabulary import Modality

LOG = (
    b"# Name: a receiver\n"
    b"$GPGGA,193221.00,2037.72792,N,08704.08478,W,1,04,1.7,-30.40,M,-13.9,M,,*7D\r"
    b"$GPGGA,193221.00,2037.|72792,N,08704|.08478,W,1,04,1.7,-30.40,M,-13.9,M,,*7D\r\n"
)


def test_log_is_replayed_from_the_given_moment(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(LOG)
    sensor: Sensor[PositionReading] = NmeaFile(log, starts_at_ms=4000)
    readings = list(sensor.readings())
    assert sensor.modality is Modality.POSITION
    assert [(reading.at_ms, reading.satellites) for reading in readings] == [(4000, 4), (4000, 4)]


def test_log_is_not_opened_before_the_first_reading(tmp_path: Path) -> None:
    readings = NmeaFile(tmp_path / "missing.log").readings()
    with pytest.raises(SensorError, match=r"missing\.log"):
        next(readings)


UNREADABLE = {"empty": b"", "blank": b"\n \n", "binary": b"\xb5\x62\x05\x01\x02\x00\x06\x01\x0f\x38", "words": b"hello"}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_nmea_log_is_a_sensor_error(tmp_path: Path, content: bytes) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(content)
    with pytest.raises(SensorError, match=r"a\.log"):
        list(NmeaFile(log).readings())


def test_a_folder_is_a_sensor_error(tmp_path: Path) -> None:
    with pytest.raises(SensorError, match="cannot read"):
        list(NmeaFile(tmp_path).readings())
