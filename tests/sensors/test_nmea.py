"""Sentences to readings: what an epoch is, whom to believe, and what never becomes a fix."""

import pynmea2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.readings import PositionReading
from edge_agent.sensors.nmea import Tally, positions
from visit_record.vocabulary import FixType

HERE = ("3114.0000", "N", "12130.0000", "E")


def sentence(kind: str, *fields: str, talker: str = "GP") -> str:
    return str(pynmea2.TalkerSentence(talker, kind, fields))


def gga(time: str, quality: str = "1", satellites: str = "08", hdop: str = "1.0", place: tuple[str, ...] = HERE) -> str:
    return sentence("GGA", time, *place, quality, satellites, hdop, "12.0", "M", "8.0", "M", "", "")


def rmc(time: str, status: str = "A", day: str = "010624", mode: str = "A", place: tuple[str, ...] = HERE) -> str:
    return sentence("RMC", time, status, *place, "0.0", "", day, "", "", mode)


def fold(*lines: str, starts_at_ms: int = 0) -> list[PositionReading]:
    return list(positions(lines, Tally(), starts_at_ms))


def test_one_epoch_gathers_what_each_sentence_says() -> None:
    gsa = sentence("GSA", "A", "3", "01", "02", *[""] * 10, "1.8", "1.0", "1.5")
    gsv = sentence("GSV", "1", "1", "03", "01", "40", "083", "46", "02", "17", "308", "41", "03", "07", "344", "")
    (reading,) = fold(rmc("120000.000"), gga("120000.000"), gsa, gsv)
    assert reading == PositionReading(
        at_ms=0,
        fix_type=FixType.FIX_3D,
        latitude_deg=31 + 14 / 60,
        longitude_deg=121.5,
        accuracy_m=19.0,
        satellites=8,
        hdop=1.0,
        gps_utc_ms=1_717_243_200_000,
        snr_db=(46.0, 41.0),
    )


SIGNALS = {
    "one is not tracked": (("02", "01", "40", "083", "46", "02", "17", "308", "00"), (46.0,)),
    "none is tracked": (("02", "01", "40", "083", "", "02", "17", "308", "00"), ()),
    "none is in view": (("00",), ()),
}


@pytest.mark.parametrize(("fields", "snr_db"), SIGNALS.values(), ids=SIGNALS.keys())
def test_a_signal_of_nothing_is_not_heard(fields: tuple[str, ...], snr_db: tuple[float, ...]) -> None:
    (reading,) = fold(gga("120000"), sentence("GSV", "1", "1", *fields))
    assert reading.snr_db == snr_db


def test_without_gsv_nothing_is_known_of_signals() -> None:
    (reading,) = fold(gga("120000"))
    assert reading.snr_db is None


def test_differential_fix_is_more_accurate() -> None:
    assert [reading.accuracy_m for reading in fold(gga("120000", "1"), gga("120001", "2"))] == [19.0, 4.75]


def test_times_advance_as_the_receiver_says_across_midnight() -> None:
    lines = [gga(time) for time in ("235958.000", "235959.500", "000001.000")]
    assert [reading.at_ms for reading in fold(*lines, starts_at_ms=500)] == [500, 2000, 3500]


def test_a_receiver_that_sets_its_clock_before_a_fix_moves_no_time() -> None:
    lines = [rmc("000452.000", "V", mode="N"), rmc("093000.000", "V", mode="N"), rmc("093001.000")]
    assert [reading.at_ms for reading in fold(*lines)] == [0, 1000, 2000]


def test_time_that_runs_backwards_never_turns_the_readings_round() -> None:
    lines = [gga(time) for time in ("120010", "120005", "120006")]
    assert [reading.at_ms for reading in fold(*lines)] == [0, 1000, 2000]


def test_a_receiver_without_time_is_taken_at_the_customary_rate() -> None:
    assert [reading.at_ms for reading in fold(gga("", "0"), gga("", "0"), gga("", "0"))] == [0, 1000, 2000]


def test_one_moment_rounded_twice_is_one_epoch() -> None:
    assert len(fold(gga("120000.295"), rmc("120000.30"), gga("120001.303"), rmc("120001.30"))) == 2


NO_FIX = {
    "quality zero": gga("120000", "0"),
    "typed in by hand": gga("120000", "7"),
    "simulator": gga("120000", "8"),
    "quality missing": gga("120000", ""),
    "void": rmc("120000", "V"),
    "simulated RMC": rmc("120000", mode="S"),
    "hemisphere missing": gga("120000", place=("3114.0000", "", "12130.0000", "E")),
    "latitude beyond the pole": gga("120000", place=("36000.0000", "N", "72000.0000", "E")),
    "coordinates empty": gga("120000", place=("", "", "", "")),
    "coordinates of letters": gga("120000", place=("abcd", "N", "efgh", "E")),
    "all constellations silent": sentence("GNS", "120000", *HERE, "NN", "00", "", "", "", "", "", talker="GN"),
}


@pytest.mark.parametrize("line", NO_FIX.values(), ids=NO_FIX.keys())
def test_no_fix_where_no_satellite_gave_one(line: str) -> None:
    (reading,) = fold(line)
    assert reading.fix_type is FixType.NONE
    assert (reading.latitude_deg, reading.accuracy_m, reading.gps_utc_ms) == (None, None, None)


def test_a_void_gga_outweighs_a_valid_rmc() -> None:
    (reading,) = fold(rmc("120000"), gga("120000", "0"))
    assert reading.latitude_deg is None


def test_zero_satellites_are_observed_and_no_count_is_not() -> None:
    assert [reading.satellites for reading in fold(gga("120000", satellites="00"), rmc("120001"))] == [0, None]


def test_counts_that_no_sky_has_are_not_believed() -> None:
    (reading,) = fold(gga("120000", satellites="99999999999", hdop="-3.0"))
    assert (reading.satellites, reading.hdop, reading.accuracy_m) == (None, None, None)


def test_wrong_checksums_and_garbage_are_counted_not_raised() -> None:
    tally = Tally()
    good = gga("120000")
    wrong = good[:-2] + ("00" if good[-2:] != "00" else "01")
    lines = [good, wrong, "", "\x00\xff half a packet", "$GPGGA", "$PXYZ,1,2", "no dollar, but words"]
    assert len(list(positions(lines, tally))) == 1
    assert (tally.bad_checksums, tally.sentences) == (1, 2)
    assert tally.garbage == 3


def test_a_sentence_behind_the_rest_of_a_binary_packet_is_read() -> None:
    assert len(fold("\xb5\x62\x01\x02" + gga("120000"))) == 1


@given(st.lists(st.one_of(st.text(), st.text("$GPRMCA,.*0123456789NE").map(lambda text: "$GPRMC," + text))))
def test_no_line_whatever_is_an_error(lines: list[str]) -> None:
    readings = fold(*lines)
    assert [reading.at_ms for reading in readings] == sorted(reading.at_ms for reading in readings)


@given(st.permutations(["12.0", "", "x", "-1", "1e999", "nan", "120000.00", "N", "E", "3114.0", "12130.0", "3"]))
def test_no_mix_of_fields_makes_an_impossible_reading(fields: list[str]) -> None:
    for kind in ("GGA", "RMC", "GNS", "GLL", "GSA", "GSV", "ZDA"):
        for reading in fold(sentence(kind, *fields), gga("120001")):
            assert reading.latitude_deg is None or abs(reading.latitude_deg) <= 90
            assert reading.hdop is None or reading.hdop >= 0
