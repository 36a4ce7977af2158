"""The geofence says only what accuracy allows, and cues keep silent about honest receivers."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.observations import PositionObservation
from edge_agent.perception.geodesy import Point
from edge_agent.perception.geofence import SiteVerdict, judge
from edge_agent.perception.place_cues import FEWEST_SIGNALS, place_cues
from edge_agent.perception.position import observe_position
from edge_agent.readings import PositionReading
from visit_record.vocabulary import FixType, PlaceCue

SITE = Point(31.2, 121.5)
METRE_DEG = 1 / 110_870


def seen(at_s: float = 0.0, north_m: float = 0.0, **fields: object) -> PositionObservation:
    fix = PositionObservation(
        at_ms=round(at_s * 1000),
        fix_type=FixType.FIX_3D,
        latitude_deg=SITE.latitude_deg + north_m * METRE_DEG,
        longitude_deg=SITE.longitude_deg,
        accuracy_m=10.0,
        satellites=8,
        hdop=1.0,
        snr_spread_db=3.0 + at_s % 7 / 10,
    )
    return msgspec.structs.replace(fix, **fields)


@pytest.mark.parametrize(
    ("north_m", "accuracy_m", "expected"),
    [
        (50, 10, SiteVerdict.INSIDE),
        (150, 10, SiteVerdict.OUTSIDE),
        (95, 10, SiteVerdict.CANNOT_TELL),
        (105, 10, SiteVerdict.CANNOT_TELL),
        (0, 200, SiteVerdict.CANNOT_TELL),
        (0, None, SiteVerdict.CANNOT_TELL),
    ],
)
def test_geofence_is_aware_of_accuracy(north_m: float, accuracy_m: float | None, expected: SiteVerdict) -> None:
    assert judge(seen(north_m=north_m, accuracy_m=accuracy_m), SITE, radius_m=100) is expected


def test_no_fix_is_neither_inside_nor_outside() -> None:
    assert judge(PositionObservation(0, FixType.NONE), SITE, 100) is SiteVerdict.CANNOT_TELL


@given(st.floats(0, 5000), st.floats(0, 500), st.floats(0, 500), st.floats(1, 2000))
def test_worse_accuracy_never_makes_the_fence_surer(
    north_m: float, accuracy_m: float, worse_by_m: float, radius_m: float
) -> None:
    before = judge(seen(north_m=north_m, accuracy_m=accuracy_m), SITE, radius_m)
    after = judge(seen(north_m=north_m, accuracy_m=accuracy_m + worse_by_m), SITE, radius_m)
    assert after in (before, SiteVerdict.CANNOT_TELL)


def test_observation_compares_satellite_time_with_the_device() -> None:
    reading = PositionReading(5, FixType.FIX_3D, 1.0, 2.0, gps_utc_ms=10_500, snr_db=(40.0, 44.0))
    assert observe_position(reading, 10_000).gps_minus_system_s == 0.5
    assert observe_position(reading, None).gps_minus_system_s is None
    assert observe_position(replace(reading, gps_utc_ms=None), 10_000).gps_minus_system_s is None
    assert (observe_position(reading, None).snr_spread_db, observe_position(reading, None).at_ms) == (2.0, 5)
    assert observe_position(replace(reading, snr_db=()), None).snr_spread_db is None


def test_honest_receiver_at_rest_shows_no_cue() -> None:
    assert place_cues([seen(second, north_m=second % 5) for second in range(300)]) == ()


def test_receiver_that_rounds_its_place_shows_no_cue_while_signals_flicker() -> None:
    assert place_cues([seen(second) for second in range(300)]) == ()


def test_receiver_that_tells_no_signal_strength_is_not_called_frozen() -> None:
    assert place_cues([seen(second, snr_spread_db=None) for second in range(300)]) == ()


def test_place_and_signals_that_both_stand_still_are_frozen() -> None:
    frozen = [seen(second, snr_spread_db=3.0) for second in range(0, 400, 5)]
    assert place_cues(frozen) == (PlaceCue.FROZEN_JITTER,)
    assert place_cues(frozen[:30]) == ()


def test_fixes_without_satellites() -> None:
    assert place_cues([seen(second, satellites=0) for second in range(5)]) == (PlaceCue.NO_SATELLITES_YET_FIX,)


def test_a_few_fixes_without_satellites_among_many_are_hiccups() -> None:
    assert place_cues([seen(second, satellites=0 if second % 5 == 3 else 8) for second in range(20)]) == ()


def test_unknown_satellite_count_is_not_zero_satellites() -> None:
    assert place_cues([seen(second, satellites=None) for second in range(20)]) == ()


def test_a_place_nobody_could_have_travelled_to() -> None:
    assert place_cues([seen(0), seen(5, north_m=20_000)]) == (PlaceCue.POSITION_JUMP,)


def test_a_far_place_after_time_enough_is_no_jump() -> None:
    assert place_cues([seen(0), seen(600, north_m=20_000)]) == ()


@pytest.mark.parametrize("accuracy_m", [None, 600.0])
def test_a_cold_start_that_wanders_within_its_accuracy_is_no_jump(accuracy_m: float | None) -> None:
    assert place_cues([seen(0, accuracy_m=accuracy_m), seen(1, north_m=600, accuracy_m=accuracy_m)]) == ()


@pytest.mark.parametrize(("offset_s", "cued"), [(5.0, False), (50.0, False), (-3600.0, True), (86_400.0, True)])
def test_satellite_time_far_from_the_device(offset_s: float, cued: bool) -> None:
    fixes = [seen(second, gps_minus_system_s=offset_s) for second in range(5)]
    assert place_cues(fixes) == ((PlaceCue.TIME_OFFSET,) if cued else ())


def test_an_old_receivers_week_rollover_is_not_a_false_time() -> None:
    rollover_s = -1024 * 7 * 86_400.0
    assert place_cues([seen(second, gps_minus_system_s=rollover_s + 0.3) for second in range(5)]) == ()


def test_no_fixes_no_cues() -> None:
    assert place_cues([]) == ()
    assert place_cues([PositionObservation(at_ms, FixType.NONE, satellites=0) for at_ms in range(100)]) == ()


def test_a_fix_while_every_satellite_is_silent() -> None:
    fixes = [seen(second, satellites_heard=0, snr_spread_db=None) for second in range(5)]
    assert place_cues(fixes) == (PlaceCue.NO_SATELLITES_YET_FIX,)
    assert place_cues(fixes[:2]) == ()


def test_signals_told_now_and_then_count_by_themselves() -> None:
    """Many receivers tell of their satellites each fifth second only."""
    silent = [seen(second, satellites_heard=None if second % 5 else 0) for second in range(40)]
    assert place_cues(silent) == (PlaceCue.NO_SATELLITES_YET_FIX,)
    once = [seen(second, satellites_heard=None if second % 5 else 0 if second == 20 else 9) for second in range(40)]
    assert place_cues(once) == ()


def test_signals_that_nobody_told_of_are_not_silent_ones() -> None:
    assert place_cues([seen(second, satellites_heard=None, snr_spread_db=None) for second in range(40)]) == ()


FLAT = {
    "all alike": ({}, True),
    "the evenest honest receiver": ({"snr_spread_db": 1.4}, False),
    "as many as are alike by chance": ({"satellites_heard": FEWEST_SIGNALS - 1}, False),
    "how many is untold": ({"satellites_heard": None}, False),
    "none heard": ({"snr_spread_db": None}, False),
}


@pytest.mark.parametrize(("fields", "cued"), FLAT.values(), ids=FLAT.keys())
def test_signals_of_one_power_come_from_a_generator(fields: dict[str, object], cued: bool) -> None:
    flat = [seen(second, satellites_heard=8, snr_spread_db=0.4 + second % 3 / 10) for second in range(9)]
    fixes = [msgspec.structs.replace(fix, **fields) for fix in flat]
    assert (PlaceCue.FLAT_SIGNALS in place_cues(fixes)) == cued
    assert place_cues(fixes[:2]) == ()


def test_signals_alike_in_a_few_fixes_only_are_chance() -> None:
    spreads_db = [0.3, 0.5, 4.0, 0.4, 5.0, 4.4, 3.8, 4.9, 5.2]
    fixes = [seen(second, satellites_heard=8, snr_spread_db=spread) for second, spread in enumerate(spreads_db)]
    assert place_cues(fixes) == ()


def test_observation_counts_the_signals_heard_and_knows_none_from_untold() -> None:
    told = [(40.0, 44.0), (), None]
    readings = [PositionReading(0, FixType.FIX_3D, 1.0, 2.0, snr_db=snr_db) for snr_db in told]
    seen_ = [observe_position(reading, None) for reading in readings]
    assert [(each.satellites_heard, each.snr_spread_db) for each in seen_] == [(2, 2.0), (0, None), (None, None)]
