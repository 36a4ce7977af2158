"""Every recorded log is read or named, and NMEA fixes agree with gpsd's own."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench import gpsfake
from bench.agreement import Agreement, Found, compare
from edge_agent.errors import SensorError, UnreadableFileError
from edge_agent.inspection.position import inspect_gps
from edge_agent.readings import PositionReading
from edge_agent.sensors.gpsd_player import GpsdPlayer
from edge_agent.sensors.nmea_file import NmeaFile, log_format
from edge_agent.sensors.receiver_format import NMEA
from tests.sensors.receiver_logs import gpsd_or_skip, nmea_log, ubx_log
from tests.sensors.test_receiver_format import PACKETS
from visit_record.vocabulary import FixType

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


@dataclass
class Decoder:
    """Implements ``ReceiverDecoder``: answers what it is given, and remembers what it was asked."""

    answer: list[PositionReading] | SensorError
    asked: list[Path] = field(default_factory=list)

    def readings(self, log: Path) -> list[PositionReading]:
        self.asked.append(log)
        if isinstance(self.answer, SensorError):
            raise self.answer
        return self.answer


@pytest.fixture
def ubx(tmp_path: Path) -> Path:
    log = tmp_path / "a.ubx"
    log.write_bytes(ubx_log(8))
    return log


def test_binary_log_is_read_by_the_decoder_and_its_fixes_counted(ubx: Path) -> None:
    fixes = [PositionReading(1000 * second, FixType.FIX_3D, 1.0, second / 10) for second in range(3)]
    told = inspect_gps(ubx, decoder=Decoder([*fixes, PositionReading(3000, FixType.NONE)]))
    assert (told["format"], told["fixes"]) == ("ubx", 3)
    assert (told["first"], told["last"]) == ([1.0, 0.0, None], [1.0, 0.2, None])
    assert told["max_jump_m"] == pytest.approx(11_130, abs=2)
    assert told["cues"] == ["position_jump"]


def test_decoder_that_cannot_is_told_of_and_no_error_of_the_log(ubx: Path) -> None:
    why = list[str]()
    told = inspect_gps(ubx, decoder=Decoder(SensorError("no gpsd here", "这里没有 gpsd")), tell=why.append)
    assert (told["format"], told["fixes"], told["first"], why) == ("ubx", 0, None, ["这里没有 gpsd · no gpsd here"])


def test_nmea_and_words_need_no_decoder(tmp_path: Path) -> None:
    decoder = Decoder([])
    for content in (nmea_log(3), b"Dear diary\n" * 50):
        (tmp_path / "a.log").write_bytes(content)
        inspect_gps(tmp_path / "a.log", decoder=decoder)
    assert decoder.asked == []


@pytest.mark.gpsd
def test_binary_and_nmea_log_of_one_walk_tell_the_same(ubx: Path, tmp_path: Path) -> None:
    (tmp_path / "a.nmea").write_bytes(nmea_log(5))
    ubx.write_bytes(ubx_log(5))
    decoder = GpsdPlayer(gpsd_or_skip())
    binary, nmea = (inspect_gps(log, decoder=decoder) for log in (ubx, tmp_path / "a.nmea"))
    assert (binary.pop("format"), nmea.pop("format")) == ("ubx", "nmea")
    assert (binary["fixes"], binary["cues"]) == (nmea["fixes"], nmea["cues"]) == (5, [])
    for end in ("first", "last"):
        assert binary[end][:2] == pytest.approx(nmea[end][:2], abs=1e-5)
        assert binary[end][2] == nmea[end][2]


# Binary formats that carry positions; the others are corrections, ships' positions, or a receiver that never had a fix.
POSITIONLESS = {"aivdm", "ntrip", "rtcm2", "gpsd_json"}
WITHOUT_BINARY_FIX = {"bu303b-nofix.log", "rtcm3.log", "rtcm3.bndm.log"}


@pytest.mark.long
@pytest.mark.realdata
@pytest.mark.gpsd
def test_every_binary_log_is_read_through_gpsd(realdata: Path) -> None:
    decoder, why = GpsdPlayer(gpsd_or_skip()), list[str]()
    for log in sorted((realdata / "nmea" / "gpsd").glob("*.log")):
        if log_format(log) == NMEA:
            continue
        told = inspect_gps(log, decoder=decoder, tell=why.append)
        expected = told["format"] not in POSITIONLESS and log.name not in WITHOUT_BINARY_FIX
        assert (told["fixes"] > 0) == expected, log.name
        assert (log.name, told["cues"]) == (log.name, [])
    assert why == []


def agreement_with_gpsd(log: Path) -> Agreement:
    gpsd_or_skip()
    if not gpsfake.is_there():
        pytest.skip("gpsfake is not installed: apt install gpsd-clients")
    return compare(NmeaFile(log).readings(), list(gpsfake.fixes(log)))


@pytest.mark.gpsd
def test_fixes_of_a_log_of_our_own_agree_with_gpsds(tmp_path: Path) -> None:
    (tmp_path / "own.log").write_bytes(nmea_log(5))
    agreement = agreement_with_gpsd(tmp_path / "own.log")
    assert agreement.ours.total() == 5
    assert agreement.theirs_alone == 0
    assert len(agreement.apart_deg) >= 3
    assert max(agreement.apart_deg) < 1e-6


# A plain receiver, a cold start, and one whose first fixes use no satellite.
LOGS = {"nl551e": 14, "mtk-3301": 4, "hemi": 21}


@pytest.mark.realdata
@pytest.mark.gpsd
@pytest.mark.parametrize("name", LOGS)
def test_fixes_agree_with_gpsds_own(realdata: Path, name: str) -> None:
    agreement = agreement_with_gpsd(realdata / "nmea" / "gpsd" / f"{name}.log")
    assert agreement.ours.total() == LOGS[name]
    assert agreement.ours[Found.MISSING] == 0
    assert agreement.ours[Found.UNUSED] == (15 if name == "hemi" else 0)
    assert agreement.theirs_alone == (1 if name == "mtk-3301" else 0)
    assert max(agreement.apart_deg) < 1e-6
