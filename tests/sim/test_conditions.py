"""Each condition of a script is honoured by the sensor it concerns, as an adapter behind the port would show it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.actions import CheckIn
from edge_agent.errors import SensorError, SensorOffError
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from sim.camera import SimulatedCamera
from sim.kiosk import events_of, wall_ms
from sim.outages import whole_visit
from sim.position import SimulatedReceiver
from sim.script import (
    Appearance,
    Conditions,
    DecoyKind,
    Deed,
    Noise,
    Outage,
    Portrait,
    ShownAs,
    Sky,
    Spot,
    VisitScript,
    Voice,
)
from sim.sound.microphone import SimulatedMicrophone
from sim.sound.speech import SPEECH_RMS
from sim.staging.plan import Refusal, plan_visit
from sim.staging.visits import stage
from sim.staging.world import build_world
from sim.thermal.array import SimulatedThermalArray
from sim.thermal.home import ThermalHome
from visit_record.vocabulary import (
    FixType,
    IdentityMethod,
    IntegrityKind,
    Modality,
    NotObservedReason,
    ServiceRefusalReason,
    SoundCue,
    Typology,
)

SECONDS = 60.0
SPEECH = Noise(0.0, SECONDS, SoundCue.SPEECH, voice=Voice(120.0, 1.0))
FACE = Appearance(0.0, SECONDS, Portrait.GRACE_HOPPER, ShownAs.LIVE)
HOME = ThermalHome.seeded(5)


def script(*noises: Noise, deeds: tuple[Deed, ...] = (), **conditions: object) -> VisitScript:
    witnessed = Conditions(**conditions)  # type: ignore[arg-type]
    return VisitScript(3, 0, SECONDS, (), noises, (FACE,), Sky(31.2, 121.5), witnessed, deeds)


def heard(staged: VisitScript) -> NDArray[np.float32]:
    return np.concatenate([block.samples for block in SimulatedMicrophone(staged).readings()])


def seen(staged: VisitScript, at_s: float = 1.0) -> NDArray[np.uint8]:
    return next(SimulatedCamera(staged, [at_s]).readings()).rgb


def felt(staged: VisitScript, at_s: int = 30) -> NDArray[np.float32]:
    return next(islice(SimulatedThermalArray(staged, HOME).readings(), at_s, None)).celsius


def level_db(wave: NDArray[np.float32]) -> float:
    return 20 * float(np.log10(np.sqrt(np.square(wave, dtype=np.float64).mean())))


def test_poor_light_makes_the_picture_darker_and_its_noise_no_smaller() -> None:
    good, poor = seen(script()), seen(script(light=0.25))
    assert poor.mean() == pytest.approx(good.mean() / 4, rel=0.05)
    corner = np.s_[:20, :20, 1]
    assert poor[corner].std() > 0.7 * good[corner].std()


def test_steady_noise_lies_as_far_under_speech_as_the_script_says() -> None:
    added = heard(script(noise_db=-10.0)) - heard(script())
    assert level_db(added) == pytest.approx(20 * np.log10(SPEECH_RMS) - 10, abs=1.0)
    assert level_db(heard(script(SPEECH, noise_db=0.0))) > level_db(heard(script(SPEECH))) + 2


def test_gain_of_the_microphone_scales_all_it_gives() -> None:
    assert level_db(heard(script(SPEECH, gain_db=-6.0))) == pytest.approx(level_db(heard(script(SPEECH))) - 6, abs=0.1)


def test_at_a_distance_speech_is_softer_but_less_so_than_in_the_open_for_the_room_answers() -> None:
    near, far = (level_db(heard(script(SPEECH, distance_m=metres))) for metres in (2.0, 8.0))
    assert 3 < near - far < 12


@pytest.mark.parametrize("kind", [kind for kind in DecoyKind if kind is not DecoyKind.KETTLE])
def test_decoy_warms_the_picture_in_its_own_place(kind: DecoyKind) -> None:
    warmer = felt(script(decoys=frozenset({kind}))) - felt(script())
    assert warmer.max() > 1.0
    assert np.median(np.abs(warmer)) < 0.1


def test_kettle_is_hot_when_it_boils_and_cools_after() -> None:
    plain, boiling = (script(decoys=kinds) for kinds in (frozenset[DecoyKind](), frozenset({DecoyKind.KETTLE})))
    hottest = [
        float((warm.celsius - cool.celsius).max())
        for warm, cool in zip(
            SimulatedThermalArray(boiling, HOME).readings(), SimulatedThermalArray(plain, HOME).readings(), strict=True
        )
    ]
    assert max(hottest) > 20
    assert hottest[-1] < max(hottest)


@pytest.mark.parametrize("seed", range(8))
def test_no_decoy_stands_in_a_bed_or_on_a_seat(seed: int) -> None:
    home = ThermalHome.seeded(seed)
    bare = replace(home, furniture=(), noise_k=0.0)
    kinds = frozenset(DecoyKind) - {DecoyKind.WARM_BEDDING, DecoyKind.SUN_PATCH}
    warmer = _felt_in(bare, script(decoys=kinds)) - _felt_in(bare, script())
    for spot in (Spot.BED, Spot.BEDSIDE, Spot.SOFA):
        row, column = home.spots_m[spot]
        assert warmer[int(row / home.view_m[0] * 24), int(column / home.view_m[1] * 32)] < 0.5


def _felt_in(home: ThermalHome, staged: VisitScript) -> NDArray[np.float32]:
    return next(islice(SimulatedThermalArray(staged, home).readings(), 50, None)).celsius


def sensors(staged: VisitScript) -> dict[Modality, Sensor[Reading]]:
    every_s = [float(at_s) for at_s in range(70)]
    return {
        Modality.FACE: SimulatedCamera(staged, every_s),
        Modality.SOUND: SimulatedMicrophone(staged),
        Modality.THERMAL: SimulatedThermalArray(staged, HOME),
        Modality.POSITION: SimulatedReceiver(staged),
    }


SENSORS = (Modality.FACE, Modality.SOUND, Modality.THERMAL, Modality.POSITION)


@pytest.mark.parametrize("sense", SENSORS)
def test_outage_that_ends_leaves_a_gap_in_that_sense_alone(sense: Modality) -> None:
    broken = script(outages=(Outage(sense, 20.0, 40.0),))
    for modality, sensor in sensors(broken).items():
        inside = [reading for reading in sensor.readings() if 20_000 <= reading.at_ms < 40_000]
        assert bool(inside) is (modality is not sense)


def until_failure(readings: Iterator[Reading]) -> list[int]:
    times = []
    with pytest.raises(SensorError):
        for reading in readings:
            times.append(reading.at_ms)
    return times


@pytest.mark.parametrize("sense", SENSORS)
def test_outage_that_lasts_is_a_failure_of_the_sensor(sense: Modality) -> None:
    sensor = sensors(script(outages=(Outage(sense, 20.0, SECONDS),)))[sense]
    assert 10_000 < max(until_failure(sensor.readings())) < 20_000


@pytest.mark.parametrize("sense", SENSORS)
def test_sensor_that_never_worked_fails_at_once(sense: Modality) -> None:
    sensor = sensors(script(outages=(Outage(sense, 0.0, SECONDS),)))[sense]
    assert until_failure(sensor.readings()) == []


def test_receiver_behind_a_closed_shutter_goes_on_speaking_without_a_fix() -> None:
    shut = script(outages=(Outage(Modality.POSITION, 20.0, 40.0, NotObservedReason.NO_SATELLITES),))
    fixes = {reading.at_ms: reading.fix_type for reading in SimulatedReceiver(shut).readings()}
    assert len(fixes) == 13
    assert {at_ms for at_ms, fix in fixes.items() if fix is FixType.NONE} == {20_000, 25_000, 30_000, 35_000}


def test_what_is_no_fault_of_a_sensor_takes_no_sensor_away() -> None:
    unknown = script(outages=(Outage(Modality.FACE, 0.0, SECONDS, NotObservedReason.NOT_ENROLLED),))
    assert len(list(SimulatedCamera(unknown, [0.0, 1.0]).readings())) == 2
    assert whole_visit(unknown, Modality.FACE, NotObservedReason.NOT_ENROLLED)
    assert not whole_visit(unknown, Modality.VOICE, NotObservedReason.NOT_ENROLLED)


def test_covered_camera_goes_on_and_shows_black() -> None:
    covered = script(
        deeds=(Deed(20.0, IntegrityKind.CAMERA_COVERED, Modality.FACE),),
        outages=(Outage(Modality.FACE, 20.0, SECONDS),),
    )
    assert seen(covered, 10.0).mean() > 50
    assert seen(covered, 30.0).mean() < 5
    assert seen(covered, SECONDS + 5).mean() < 5


def test_muted_microphone_goes_on_and_gives_a_silence_that_no_room_has() -> None:
    deeds = (Deed(20.0, IntegrityKind.MICROPHONE_MUTED, Modality.SOUND),)
    muted = heard(script(SPEECH, deeds=deeds, outages=(Outage(Modality.SOUND, 20.0, SECONDS),)))
    assert np.any(muted[: 15 * 16_000])
    assert len(muted) == SECONDS * 16_000
    assert not np.any(muted[25 * 16_000 :])


def test_kiosk_is_told_of_refusals_before_check_out_and_of_a_power_cut() -> None:
    home = build_world(4).homes[0]
    plan = replace(
        plan_visit(1, home, home.caregivers[0], 0, 600.0),
        refused=(Refusal("feeding", ServiceRefusalReason.RECIPIENT_REFUSED),),
    )
    staged = stage(plan, Typology.GENUINE)
    cut = replace(staged, script=replace(staged.script, deeds=(Deed(300.0, IntegrityKind.POWER_LOSS),)))
    names = [type(event).__name__ for event in events_of(cut)]
    times = [event.at_ms for event in events_of(cut)]
    assert names[0] == "CheckIn"
    assert {"ItemRefused", "PowerLost"} <= set(names)
    assert times == sorted(times)


def test_clock_that_somebody_sets_is_ahead_from_then_on() -> None:
    home = build_world(4).homes[0]
    staged = stage(plan_visit(1, home, home.caregivers[0], 1_000, 600.0), Typology.GENUINE)
    stepped = replace(staged, script=replace(staged.script, deeds=(Deed(300.0, IntegrityKind.CLOCK_STEP),)))
    assert wall_ms(stepped, 299_999) == wall_ms(staged, 299_999)
    assert wall_ms(stepped, 300_000) - wall_ms(staged, 300_000) > 60_000


def test_location_that_is_off_is_no_failed_receiver() -> None:
    off = script(outages=(Outage(Modality.POSITION, 0.0, SECONDS, NotObservedReason.LOCATION_OFF),))
    with pytest.raises(SensorOffError):
        next(SimulatedReceiver(off).readings())


def test_towel_over_the_camera_blinds_it_as_long_as_it_lies_there() -> None:
    deed = Deed(20.0, IntegrityKind.CAMERA_COVERED, Modality.FACE)
    told, untold = script(deeds=(deed,), outages=(Outage(Modality.FACE, 20.0, 30.0),)), script(deeds=(deed,))
    assert seen(told, 25.0).mean() < 5 < seen(told, 35.0).mean()
    assert seen(untold, 25.0).mean() < 5


def test_nobody_is_let_in_by_face_where_no_camera_looks() -> None:
    home = build_world(4).homes[0]
    plan = plan_visit(1, home, home.caregivers[0], 0, 600.0)
    broken = Conditions(outages=(Outage(Modality.FACE, 0.0, 600.0),))
    staged = stage(plan, Typology.GENUINE)
    blind = replace(staged, script=replace(staged.script, conditions=broken))
    withheld = stage(replace(plan, withheld=frozenset({Modality.FACE})), Typology.GENUINE)
    ways = [one.method for visit in (staged, blind, withheld) for one in events_of(visit) if isinstance(one, CheckIn)]
    assert ways == [IdentityMethod.FACE, IdentityMethod.PIN, IdentityMethod.PIN]
