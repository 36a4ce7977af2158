"""Records without streams under conditions, troubles and refusals: told as a device would tell them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.evidence.place import place_evidence
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.perception.geodesy import Point
from edge_agent.perception.position import observe_position
from sim.history.record import record_of
from sim.position import SimulatedReceiver
from sim.script import Conditions, DecoyKind, Deed, Outage, Sky, Spoofer
from sim.senses import Half, Senses
from sim.staging.plan import Refusal, plan_visit
from sim.staging.variants import VARIANTS
from sim.staging.visits import StagedVisit, stage
from sim.staging.world import build_world
from tests.visit_record.examples import KEY
from visit_record.chain import next_link
from visit_record.record import (
    Coverage,
    FaceEvidence,
    Fix,
    NotObserved,
    OccupancyEvidence,
    SoundEvidence,
    VisitRecord,
    VoiceEvidence,
)
from visit_record.sealing import open_record, seal
from visit_record.vocabulary import (
    Ending,
    IdentityMethod,
    IntegrityKind,
    Modality,
    NotObservedReason,
    ServiceRefusalReason,
    Typology,
)

WORLD = build_world(seed=5)
HOME = WORLD.homes[0]
STARTED_AT_MS = 1_790_000_000_000
SENSES = Senses.measured(Half.TEST)
HOUR_S = 3600.0


GOOD = Conditions()
WAYS = [(typology, name) for typology, ways in VARIANTS.items() for name in ways]


def visit(
    conditions: Conditions = GOOD, typology: Typology = Typology.GENUINE, variant: str | None = None
) -> StagedVisit:
    staged = stage(plan_visit(1, HOME, HOME.caregivers[0], STARTED_AT_MS), typology, variant)
    return replace(staged, script=replace(staged.script, conditions=conditions))


def told(staged: StagedVisit) -> VisitRecord:
    return record_of(staged, next_link(0, None), "ueid", {"care_sound": "0" * 64}, SENSES)


def out(modality: Modality, start_s: float, end_s: float) -> Conditions:
    return Conditions(outages=(Outage(modality, start_s, end_s),))


def coverage_of(record: VisitRecord, sense: Modality) -> Coverage:
    return next(one for one in record.integrity.coverage if one.modality is sense)


def test_same_visit_is_told_the_same() -> None:
    assert told(visit()) == told(visit())


def test_nothing_is_amiss_with_a_visit_in_good_conditions() -> None:
    record = told(visit())
    assert record.integrity.events == ()
    assert [one.observed_share for one in record.integrity.coverage] == [1.0] * len(Modality)
    assert [one.reason for one in record.integrity.coverage] == [None] * len(Modality)


@pytest.mark.parametrize("sense", [Modality.FACE, Modality.VOICE, Modality.SOUND, Modality.THERMAL])
def test_withheld_sense_is_not_observed_and_nothing_else_is_the_worse_for_it(sense: Modality) -> None:
    staged = visit()
    record = told(replace(staged, plan=replace(staged.plan, withheld=frozenset({sense}))))
    assert coverage_of(record, sense) == Coverage(sense, 0.0, NotObservedReason.CONSENT_WITHHELD)
    assert {consent.modality for consent in record.who.consents if not consent.granted} == {sense}
    parts = {Modality.FACE: record.face, Modality.VOICE: record.voice, Modality.SOUND: record.sound}
    parts |= {Modality.THERMAL: record.occupancy}  # type: ignore[dict-item]
    assert [one for one, part in parts.items() if isinstance(part, NotObserved)] == [sense]
    assert record.integrity.events == ()


def test_sensor_that_gives_out_for_good_is_told_lost_and_leaves_what_it_saw_before() -> None:
    record = told(visit(out(Modality.THERMAL, 1200, HOUR_S)))
    (event,) = record.integrity.events
    assert (event.kind, event.modality) == (IntegrityKind.SENSOR_LOST, Modality.THERMAL)
    assert event.at_ms == STARTED_AT_MS + 1_200_000
    assert isinstance(record.occupancy, OccupancyEvidence)
    last = record.occupancy.intervals[-1]
    assert last.started_at_ms + 1000 * last.duration_s <= STARTED_AT_MS + 1_200_000
    share = coverage_of(record, Modality.THERMAL)
    assert share.observed_share == pytest.approx(1 / 3, abs=0.01)
    assert share.reason is NotObservedReason.SENSOR_FAULT


def test_sensor_that_never_worked_is_a_fault_and_not_little_signal() -> None:
    record = told(visit(out(Modality.SOUND, 0, HOUR_S)))
    fault = NotObserved(NotObservedReason.SENSOR_FAULT)
    assert (record.sound, record.voice) == (fault, fault)
    assert [event.modality for event in record.integrity.events] == [Modality.SOUND]
    voiceless = told(visit(out(Modality.VOICE, 0, HOUR_S)))
    assert not isinstance(voiceless.sound, NotObserved)
    assert [event.modality for event in voiceless.integrity.events] == [Modality.VOICE]


def test_sensor_that_comes_back_is_told_lost_and_back_and_leaves_a_gap() -> None:
    record = told(visit(out(Modality.SOUND, 1000, 2000)))
    assert [(event.kind, event.modality) for event in record.integrity.events] == [
        (IntegrityKind.SENSOR_LOST, Modality.SOUND),
        (IntegrityKind.SENSOR_BACK, Modality.SOUND),
    ]
    assert isinstance(record.sound, SoundEvidence)
    assert record.sound.coverage == pytest.approx(1 - 1000 / 3600, abs=0.01)
    gap = range(STARTED_AT_MS + 1_001_000, STARTED_AT_MS + 1_999_000)
    for interval in record.sound.intervals:
        assert interval.started_at_ms not in gap
    assert isinstance(record.voice, VoiceEvidence)
    assert not [check for check in record.voice.checks if check.at_ms in gap]
    assert coverage_of(record, Modality.VOICE).reason is NotObservedReason.SENSOR_FAULT


def test_camera_that_is_out_between_its_looks_is_missed_by_nobody() -> None:
    record = told(visit(out(Modality.FACE, 620, 1150)))
    assert record.integrity.events == ()
    assert coverage_of(record, Modality.FACE).observed_share == 1.0


def test_power_cut_ends_the_visit_without_anybody_checking_out() -> None:
    staged = visit()
    record = told(replace(staged, script=replace(staged.script, deeds=(Deed(1500.0, IntegrityKind.POWER_LOSS),))))
    assert record.span.ending is Ending.INTERRUPTED
    assert record.span.check_out_ms == STARTED_AT_MS + 1_500_000
    assert [event.kind for event in record.integrity.events] == [IntegrityKind.POWER_LOSS]
    assert all(claim.started_at_ms < record.span.check_out_ms for claim in record.services.claimed)
    assert isinstance(record.face, FaceEvidence)
    assert max(check.at_ms for check in record.face.checks) < record.span.check_out_ms


def done(kind: IntegrityKind, modality: Modality, start_s: float) -> StagedVisit:
    staged = visit(out(modality, start_s, HOUR_S))
    return replace(staged, script=replace(staged.script, deeds=(Deed(start_s, kind, modality),)))


def test_covered_camera_looks_on_and_is_found_covered_at_the_next_look() -> None:
    record = told(done(IntegrityKind.CAMERA_COVERED, Modality.FACE, 30.0))
    assert isinstance(record.face, FaceEvidence)
    assert [check.faces > 0 for check in record.face.checks] == [True] + [False] * (len(record.face.checks) - 1)
    assert coverage_of(record, Modality.FACE).observed_share == 1.0
    assert [(event.kind, event.at_ms) for event in record.integrity.events] == [
        (IntegrityKind.CAMERA_COVERED, STARTED_AT_MS + 600_000)
    ]


def test_muted_microphone_hears_nothing_and_says_how_much_it_missed() -> None:
    record = told(done(IntegrityKind.MICROPHONE_MUTED, Modality.SOUND, 1800.0))
    assert isinstance(record.sound, SoundEvidence)
    assert record.sound.coverage == pytest.approx(0.5, abs=0.01)
    assert coverage_of(record, Modality.VOICE).observed_share == 1.0
    assert [(event.kind, event.modality) for event in record.integrity.events] == [
        (IntegrityKind.MICROPHONE_MUTED, Modality.SOUND)
    ]


def test_device_that_is_carried_about_has_no_sense_for_it() -> None:
    staged = visit()
    record = told(replace(staged, script=replace(staged.script, deeds=(Deed(0.0, IntegrityKind.DEVICE_MOVED),))))
    assert record.integrity.events == ()


def test_stranger_under_the_roof_is_told_by_face_and_voice_but_never_named() -> None:
    record = told(visit(typology=Typology.PROXY_CAREGIVER))
    assert isinstance(record.face, FaceEvidence)
    first, *later = [check.similarity for check in record.face.checks if check.similarity is not None]
    assert first > 0.4
    assert all(similarity < 0.6 for similarity in later)
    others = [check.best_other for check in record.face.checks if check.similarity is not None]
    assert all(other is not None and other.caregiver == HOME.caregivers[1].id for other in others)


def test_refusals_and_the_other_way_in_are_passed_on() -> None:
    staged = visit()
    refused = (Refusal("oral_care", ServiceRefusalReason.RECIPIENT_REFUSED),)
    record = told(
        replace(staged, plan=replace(staged.plan, refused=refused, checked_in_by=IdentityMethod.SUPERVISOR_CODE))
    )
    assert [(one.item, one.reason) for one in record.services.refused] == [
        ("oral_care", ServiceRefusalReason.RECIPIENT_REFUSED)
    ]
    assert record.who.checked_in_by is IdentityMethod.SUPERVISOR_CODE


def test_steady_noise_leaves_little_quiet_and_covers_much_of_what_is_said() -> None:
    quiet, noisy = told(visit()), told(visit(Conditions(noise_db=0.0)))
    assert isinstance(quiet.sound, SoundEvidence)
    assert isinstance(noisy.sound, SoundEvidence)
    assert noisy.sound.quiet_share < 0.5 * quiet.sound.quiet_share
    assert isinstance(quiet.voice, VoiceEvidence)
    if isinstance(noisy.voice, NotObserved):
        assert noisy.voice.reason is NotObservedReason.TOO_LITTLE_SIGNAL
    else:
        assert noisy.voice.checks[0].speech_s < quiet.voice.checks[0].speech_s


SKIES = {
    "honest": Sky(31.2, 121.5),
    "few satellites": Sky(31.2, 121.5, satellites=3),
    "no satellites": Sky(31.2, 121.5, satellites=0),
    "made up": Sky(31.2, 121.5, jitter_m=0.0),
    "clock of the satellites off": Sky(31.2, 121.5, gps_offset_s=90.0),
    **{spoofer.value: Sky(31.2, 121.5, spoofer=spoofer) for spoofer in Spoofer},
}


@pytest.mark.parametrize("name", SKIES)
def test_position_is_told_as_the_device_tells_it_of_the_staged_receiver(name: str) -> None:
    staged = visit()
    script = replace(staged.script, sky=SKIES[name])
    readings = SimulatedReceiver(script).readings()
    seen = [observe_position(reading, STARTED_AT_MS + reading.at_ms) for reading in readings]
    site = Point(HOME.latitude_deg, HOME.longitude_deg)
    lived, drawn = (
        place_evidence(seen, VisitClock(STARTED_AT_MS, 0, 3_600_000), site),
        told(replace(staged, script=script)).where,
    )
    assert drawn.cues == lived.cues
    for one, other in ((drawn.check_in, lived.check_in), (drawn.check_out, lived.check_out)):
        if isinstance(other, NotObserved):
            assert one == other
            continue
        assert isinstance(one, Fix)
        same = ("at_ms", "fix_type", "satellites", "hdop", "gps_minus_system_s")
        assert [getattr(one, field) for field in same] == [getattr(other, field) for field in same]
        assert one.accuracy_m == pytest.approx(other.accuracy_m)
        assert one.distance_to_site_m == pytest.approx(other.distance_to_site_m, abs=60)


conditions = st.builds(
    Conditions,
    light=st.floats(0.01, 2),
    noise_db=st.none() | st.floats(-30, 6),
    gain_db=st.floats(-40, 6),
    distance_m=st.floats(0.3, 9),
    old_face=st.booleans(),
    decoys=st.frozensets(st.sampled_from(DecoyKind)),
    outages=st.lists(
        st.builds(
            Outage,
            st.sampled_from(Modality),
            st.floats(-10, 3700),
            st.floats(0, 4000),
            st.sampled_from(NotObservedReason),
        ),
        max_size=4,
    ).map(tuple),
)
deeds = st.lists(
    st.builds(Deed, st.floats(0, 3600), st.sampled_from(IntegrityKind), st.none() | st.sampled_from(Modality)),
    max_size=3,
).map(tuple)


@settings(deadline=None, max_examples=60)
@given(conditions, deeds, st.sampled_from(WAYS), st.frozensets(st.sampled_from(Modality)))
def test_whatever_befalls_a_visit_its_record_can_be_sealed_and_opened(
    conditions: Conditions, deeds: tuple[Deed, ...], way: tuple[Typology, str], withheld: frozenset[Modality]
) -> None:
    staged = visit(conditions, *way)
    staged = replace(staged, plan=replace(staged.plan, withheld=withheld), script=replace(staged.script, deeds=deeds))
    record = told(staged)
    assert open_record(seal(record, KEY), lambda _: KEY.public_key()).record == record
