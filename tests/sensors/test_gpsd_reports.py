"""gpsd's reports to readings: absent is not zero, one receiver at a time, and no line is an error."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_agent.perception.place_cues import place_cues
from edge_agent.perception.position import observe_position
from edge_agent.readings import PositionReading
from edge_agent.sensors.gpsd_reports import SKY_VALID_MS, GpsdReports
from visit_record.vocabulary import FixType, PlaceCue

TPV = {"class": "TPV", "device": "/dev/a", "mode": 3, "lat": 31.2, "lon": 121.5, "time": "2026-03-04T03:04:05.500Z"}
SKY = {
    "class": "SKY",
    "device": "/dev/a",
    "hdop": 1.2,
    "nSat": 3,
    "uSat": 2,
    "satellites": [
        {"PRN": 3, "ss": 40.0, "used": True},
        {"PRN": 7, "ss": 31.5, "used": True},
        {"PRN": 9, "ss": 0.0, "used": False},
    ],
}
GONE = {"class": "DEVICE", "path": "/dev/a", "activated": 0}
LOST = {"class": "TPV", "device": "/dev/a", "mode": 1}


def heard(*reports: dict[str, object], reader: GpsdReports | None = None) -> list[PositionReading]:
    reader = reader or GpsdReports()
    readings = (reader.hear(json.dumps(report).encode(), 1000 * at_s) for at_s, report in enumerate(reports))
    return [reading for reading in readings if reading]


def last(*reports: dict[str, object]) -> PositionReading:
    return heard(*reports)[-1]


def cues(*reports: dict[str, object]) -> tuple[PlaceCue, ...]:
    return place_cues([observe_position(one, None) for one in heard(*reports)])


def test_a_fix_takes_its_satellites_from_the_sky_report_before_it() -> None:
    assert heard(SKY, TPV) == [
        PositionReading(
            at_ms=1000,
            fix_type=FixType.FIX_3D,
            latitude_deg=31.2,
            longitude_deg=121.5,
            accuracy_m=1.2 * 19.0,
            satellites=2,
            hdop=1.2,
            gps_utc_ms=1_772_593_445_500,
            snr_db=(40.0, 31.5),
        )
    ]


def test_without_a_sky_report_nothing_is_known_of_satellites() -> None:
    reading = last(TPV)
    assert (reading.satellites, reading.hdop, reading.snr_db, reading.accuracy_m) == (None, None, None, None)


USED = {
    "counted by gpsd": (SKY, 2),
    "before 3.21, which does not count": ({k: v for k, v in SKY.items() if k not in ("uSat", "nSat")}, 2),
    "an empty sky, before any is told": (SKY | {"nSat": 0, "uSat": 0, "satellites": []}, None),
    "dilutions alone": ({"class": "SKY", "device": "/dev/a", "hdop": 1.2}, None),
    "use not told": (SKY | {"uSat": None, "satellites": [{"ss": 30.0}]}, None),
    "more than there are": (SKY | {"uSat": 100_000}, None),
}


@pytest.mark.parametrize(("sky", "used"), USED.values(), ids=USED.keys())
def test_satellites_used_are_counted_or_unknown_and_never_zero_for_untold(
    sky: dict[str, object], used: int | None
) -> None:
    assert last(sky, TPV).satellites == used


UNLISTED = SKY | {"uSat": 0, "satellites": [{"ss": 30.0, "used": False}]}
NONE_LISTED = UNLISTED | {"pdop": 2.0}


@pytest.mark.parametrize("none_used", [NONE_LISTED, NONE_LISTED | {"satellites": []}])
def test_none_used_is_a_count_beside_a_fix_where_the_receiver_lists_none(none_used: dict[str, object]) -> None:
    assert [one.satellites for one in heard(TPV, none_used, TPV)] == [None, 0]
    assert [one.satellites for one in heard(SKY, TPV, none_used, TPV)] == [2, 0]


UNTOLD = {
    "by a receiver that never lists them": [TPV, UNLISTED, TPV],
    "of this fix, but of the sky before it": [UNLISTED | {"pdop": 99.99}, LOST, TPV],
    "of this fix, but of the sky before it, in zeros": [UNLISTED | {"pdop": 0.0}, LOST, TPV],
}


@pytest.mark.parametrize("reports", UNTOLD.values(), ids=UNTOLD.keys())
def test_gpsds_zero_is_no_count_where_none_was_told(reports: list[dict[str, object]]) -> None:
    assert last(*reports).satellites is None


def test_without_a_fix_none_used_is_a_count() -> None:
    assert last(UNLISTED, LOST).satellites == 0


def test_a_fix_by_no_satellites_is_a_sign_and_one_by_untold_ones_is_none() -> None:
    assert cues(*[TPV, NONE_LISTED] * 4, TPV) == (PlaceCue.NO_SATELLITES_YET_FIX,)
    assert cues(*[TPV, UNLISTED] * 4, TPV) == ()


SIGNALS = {
    "some are silent": (SKY, (40.0, 31.5)),
    "all are silent": (SKY | {"satellites": [{"ss": 0.0, "used": True}]}, ()),
    "none is told": (SKY | {"satellites": [{"used": True}]}, None),
    "no list": (SKY | {"satellites": None}, None),
}


@pytest.mark.parametrize(("sky", "snr_db"), SIGNALS.values(), ids=SIGNALS.keys())
def test_silent_satellites_are_not_heard_and_untold_ones_not_known(
    sky: dict[str, object], snr_db: tuple[float, ...] | None
) -> None:
    assert last(sky, TPV).snr_db == snr_db


def test_dilutions_that_follow_do_not_make_the_satellites_unknown() -> None:
    reading = last(SKY, {"class": "SKY", "device": "/dev/a", "hdop": 0.9}, TPV)
    assert (reading.satellites, reading.hdop) == (2, 0.9)


def test_a_sky_that_is_long_past_counts_no_more() -> None:
    reader = GpsdReports()
    reader.hear(json.dumps(SKY).encode(), 0)
    reading = reader.hear(json.dumps(TPV).encode(), SKY_VALID_MS + 1)
    assert reading is not None
    assert (reading.satellites, reading.hdop, reading.snr_db) == (None, None, None)


ACCURACY = {
    "eph": ({"eph": 6.5, "epx": 3.0, "epy": 4.0}, 6.5),
    "epx and epy": ({"epx": 3.0, "epy": 4.0}, 5.0),
    "epx alone, so by dilution": ({"epx": 3.0}, 1.2 * 19),
    "an eph of zero, so by dilution": ({"eph": 0.0}, 1.2 * 19),
    "farther than the earth is wide": ({"eph": 1e12}, 20_003_931.459),
}


@pytest.mark.parametrize(("told", "accuracy_m"), ACCURACY.values(), ids=ACCURACY.keys())
def test_accuracy_is_what_gpsd_estimates_else_by_dilution(told: dict[str, object], accuracy_m: float) -> None:
    assert last(SKY, TPV | told).accuracy_m == pytest.approx(accuracy_m)


NO_FIX = {
    "mode unknown": {"mode": 0},
    "no fix": {"mode": 1},
    "a mode that does not exist": {"mode": 7},
    "simulated": {"status": 8},
    "no latitude": {"lat": None},
    "beyond the pole": {"lat": 90.5},
    "beyond the date line": {"lon": -180.5},
}


@pytest.mark.parametrize("told", NO_FIX.values(), ids=NO_FIX.keys())
def test_what_is_no_fix_is_a_reading_without_a_place(told: dict[str, object]) -> None:
    reading = last(TPV | told)
    assert (reading.fix_type, reading.latitude_deg, reading.longitude_deg) == (FixType.NONE, None, None)
    assert reading.gps_utc_ms is None


def test_two_dimensions() -> None:
    assert last(TPV | {"mode": 2}).fix_type is FixType.FIX_2D


@pytest.mark.parametrize("said", [None, "yesterday", "2026-13-40T00:00:00.000Z", "9" * 40])
def test_a_time_that_is_none_leaves_the_place(said: str | None) -> None:
    reading = last(TPV | {"time": said})
    assert (reading.gps_utc_ms, reading.latitude_deg) == (None, 31.2)


def test_a_second_receiver_is_left_out_so_that_its_place_is_no_jump() -> None:
    other = TPV | {"device": "/dev/b", "lat": 39.9}
    assert [reading.latitude_deg for reading in heard(TPV, other, TPV, SKY | {"device": "/dev/b"}, other)] == [31.2] * 2


def test_the_second_receiver_is_followed_once_the_first_is_unplugged() -> None:
    reader = GpsdReports()
    heard(SKY, TPV, GONE, reader=reader)
    assert reader.gone
    (reading,) = heard(TPV | {"device": "/dev/b", "lat": 39.9}, reader=reader)
    assert (reading.latitude_deg, reading.satellites) == (39.9, None)


GARBAGE = {
    "no JSON": b"$GPGGA,,,,,,0,,,,M,,M,,*66",
    "cut short": b'{"class":"TPV","mode":3,"lat":3',
    "a list": b'["TPV"]',
    "a number": b"3",
    "no class": b'{"mode":3}',
    "a class that is a list": b'{"class":["TPV"]}',
    "latitude in words": b'{"class":"TPV","mode":3,"lat":"north","lon":1.0}',
    "not a number": b'{"class":"TPV","mode":3,"lat":nan,"lon":1.0}',
    "mode of half": b'{"class":"TPV","mode":2.5}',
    "satellites that are no list": b'{"class":"SKY","satellites":7}',
    "no UTF-8": b'{"class":"TPV","device":"\xff\xfe"}',
    "an HTTP server": b"HTTP/1.1 400 Bad Request",
    "zeros": bytes(40),
    "deeper than any report": b'{"class":"TPV","x":' + b"[" * 100_000,
}


@pytest.mark.parametrize("line", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_counted_and_no_error(line: bytes) -> None:
    reader = GpsdReports()
    assert reader.hear(line, 0) is None
    assert reader.garbage == 1
    assert heard(TPV, reader=reader)


@pytest.mark.parametrize("line", [b"", b"\r", b'{"class":"VERSION","release":"3.25"}', b'{"class":"PPS","real_sec":1}'])
def test_what_gpsd_says_beside_is_no_garbage(line: bytes) -> None:
    reader = GpsdReports()
    assert reader.hear(line, 0) is None
    assert reader.garbage == 0


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)


# How long hypothesis takes to think of odd reports depends on what else the machine does.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["device", "mode", "status", "lat", "lon", "time", "eph", "hdop", "uSat", "satellites"]),
            SCALARS | st.lists(st.dictionaries(st.sampled_from(["ss", "used"]), SCALARS, max_size=2), max_size=3),
        ),
        max_size=6,
    ),
    st.sampled_from(["TPV", "SKY", "DEVICE"]),
)
def test_no_report_however_odd_is_an_error_or_off_the_earth(reports: list[dict[str, object]], kind: str) -> None:
    reader = GpsdReports()
    for at_ms, report in enumerate(reports):
        reading = reader.hear(json.dumps({"class": kind} | report).encode(), at_ms)
        if reading is not None and reading.latitude_deg is not None:
            assert abs(reading.latitude_deg) <= 90
            assert abs(reading.longitude_deg or 0.0) <= 180
