"""The simulated receiver speaks real NMEA, and tells the story of its script."""

from dataclasses import replace

import pynmea2
import pytest

from edge_agent.evidence.place import place_evidence
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.perception.geodesy import Point, distance_m
from edge_agent.perception.place_cues import place_cues
from edge_agent.perception.position import observe_position
from edge_agent.ports import Sensor
from edge_agent.readings import PositionReading
from sim.position import SimulatedReceiver
from sim.script import Sky, Spoofer, VisitScript
from visit_record.record import Fix, NotObserved, Where
from visit_record.vocabulary import FixType, NotObservedReason, PlaceCue

HOME = Point(-31.2, -121.999999)
SCRIPT = VisitScript(7, 1_767_225_540_000, 600.0, (), (), (), Sky(HOME.latitude_deg, HOME.longitude_deg))


def lived(script: VisitScript) -> Where:
    visit = VisitClock(script.started_at_ms, 0, round(script.duration_s * 1000))
    readings = SimulatedReceiver(script).readings()
    return place_evidence([observe_position(each, visit.utc_ms(each.at_ms)) for each in readings], visit, HOME)


def under(sky: Sky) -> VisitScript:
    return replace(SCRIPT, sky=sky)


def test_every_sentence_has_its_checksum() -> None:
    for sentence in SimulatedReceiver(SCRIPT).sentences():
        pynmea2.parse(sentence, check=True)


def test_readings_cover_the_visit_over_midnight_in_the_scripts_own_time() -> None:
    sensor: Sensor[PositionReading] = SimulatedReceiver(SCRIPT, starts_at_ms=1000)
    readings = list(sensor.readings())
    assert [reading.at_ms for reading in readings] == list(range(1000, 601_001, 5000))
    assert {(reading.gps_utc_ms or 0) - reading.at_ms for reading in readings} == {SCRIPT.started_at_ms - 1000}


def test_same_script_same_sentences_and_another_seed_others() -> None:
    assert list(SimulatedReceiver(SCRIPT).sentences()) == list(SimulatedReceiver(SCRIPT).sentences())
    assert list(SimulatedReceiver(replace(SCRIPT, seed=8)).sentences()) != list(SimulatedReceiver(SCRIPT).sentences())


def test_fixes_lie_about_the_home_as_the_jitter_says() -> None:
    readings = list(SimulatedReceiver(replace(SCRIPT, duration_s=20_000)).readings())
    places = [Point(each.latitude_deg or 0.0, each.longitude_deg or 0.0) for each in readings]
    away_m = [distance_m(place, HOME) for place in places]
    assert sum(metres**2 for metres in away_m) / len(away_m) == pytest.approx(2 * 3.0**2, rel=0.4)
    assert len(set(places)) > 0.99 * len(places)


def test_honest_visit_has_fixes_at_both_ends_and_no_cue() -> None:
    where = lived(SCRIPT)
    assert isinstance(where.check_in, Fix)
    assert isinstance(where.check_out, Fix)
    assert (where.check_in.satellites, where.check_in.fix_type) == (9, FixType.FIX_3D)
    assert where.check_in.accuracy_m == pytest.approx(1.1 * 19.0)
    assert where.check_in.distance_to_site_m is not None
    assert where.check_in.distance_to_site_m < 20
    assert where.cues == ()


def test_no_satellites_no_fix() -> None:
    where = lived(under(replace(SCRIPT.sky, satellites=0)))
    assert where.check_in == where.check_out == NotObserved(NotObservedReason.NO_SATELLITES)


def test_three_satellites_give_two_dimensions() -> None:
    where = lived(under(replace(SCRIPT.sky, satellites=3)))
    assert isinstance(where.check_in, Fix)
    assert where.check_in.fix_type is FixType.FIX_2D


def test_made_up_sky_is_found_frozen() -> None:
    assert lived(under(replace(SCRIPT.sky, jitter_m=0.0))).cues == (PlaceCue.FROZEN_JITTER,)


def test_replayed_sky_is_found_by_its_time() -> None:
    assert lived(under(replace(SCRIPT.sky, gps_offset_s=-7200.0))).cues == (PlaceCue.TIME_OFFSET,)


def spoofed(spoofer: Spoofer, generator_spread_db: float = 0.0) -> tuple[PlaceCue, ...]:
    readings = SimulatedReceiver(SCRIPT, spoofer=spoofer, generator_spread_db=generator_spread_db).readings()
    return place_cues([observe_position(each, SCRIPT.started_at_ms + each.at_ms) for each in readings])


def test_virtual_location_that_admits_to_no_satellites_is_found() -> None:
    assert spoofed(Spoofer.NONE_HEARD) == (PlaceCue.NO_SATELLITES_YET_FIX,)


def test_virtual_location_that_says_nothing_of_satellites_is_not_guessed_at() -> None:
    assert spoofed(Spoofer.UNTOLD) == ()


def test_signal_generator_is_found_by_its_even_power_and_not_once_it_is_uneven() -> None:
    assert spoofed(Spoofer.GENERATOR) == (PlaceCue.FLAT_SIGNALS,)
    assert spoofed(Spoofer.GENERATOR, generator_spread_db=6.0) == ()


def test_location_switched_on_in_the_middle_is_found_by_its_leap() -> None:
    assert spoofed(Spoofer.LEAP) == (PlaceCue.POSITION_JUMP,)


@pytest.mark.parametrize("spoofer", Spoofer)
def test_scripts_own_spoofer_is_heard_like_one_that_is_handed_in(spoofer: Spoofer) -> None:
    script = replace(SCRIPT, sky=replace(SCRIPT.sky, spoofer=spoofer))
    handed_in = list(SimulatedReceiver(SCRIPT, spoofer=spoofer).readings())
    assert list(SimulatedReceiver(script).readings()) == handed_in != list(SimulatedReceiver(SCRIPT).readings())


@pytest.mark.parametrize("spoofer", Spoofer)
def test_spoofed_receiver_pretends_to_be_at_the_site_at_check_out(spoofer: Spoofer) -> None:
    readings = list(SimulatedReceiver(SCRIPT, spoofer=spoofer).readings())
    assert len(readings) == 121
    last = Point(readings[-1].latitude_deg or 0.0, readings[-1].longitude_deg or 0.0)
    assert distance_m(last, HOME) < 30
