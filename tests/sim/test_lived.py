"""Staged visits through the device's real perception and the server's real scorer, ten minutes each."""

from dataclasses import replace
from pathlib import Path

import pytest

from edge_agent.identity import create_identity
from edge_agent.outbox import Outbox
from edge_agent.perception.face_library import LIBRARY_ROLES
from ingest_server.scoring.verdict import DOUBTED, Band
from sim.benchmark.lived.one import live_alone
from sim.lived import live
from sim.script import Conditions, Outage
from sim.staging.plan import plan_visit
from sim.staging.visits import stage
from sim.staging.world import build_world
from tests.ingest_server.conftest import weigher
from visit_record.record import FaceEvidence, Liveness, NotObserved, VisitRecord, VoiceEvidence
from visit_record.sealing import open_record
from visit_record.vocabulary import IntegrityKind, Modality, NotObservedReason, Typology

WORLD = build_world(seed=21)
TEN_MINUTES_S = 600.0
NO_EARS_NO_EYES = frozenset({Modality.FACE, Modality.VOICE, Modality.SOUND})


def lived(folder: Path, registry: Path, typology: Typology, withheld: frozenset[Modality] = frozenset()) -> VisitRecord:
    home = WORLD.homes[3]
    identity = create_identity(folder / "device", home.device, home.agency)
    plan = plan_visit(7, home, home.caregivers[0], 1_790_000_000_000, TEN_MINUTES_S, withheld)
    visit = live(stage(plan, typology), folder / "device", registry)
    with Outbox(folder / "device" / "outbox.db", home.device) as outbox:
        (waiting,) = outbox.pending(2)
    record = open_record(waiting.sealed, lambda _kid: identity.key.public_key()).record
    assert record.jti == visit
    return record


def test_honest_visit_lived_through_the_real_perception_is_credible(tmp_path: Path, registry: Path) -> None:
    record = lived(tmp_path, registry, Typology.GENUINE)
    verdict = weigher().weigh(record)
    assert (verdict.band, verdict.typology) == (Band.CREDIBLE, Typology.GENUINE)
    assert verdict.suspicion < 0.05
    assert set(record.models) == {"care_sound", "occupancy", "voiceprint", *LIBRARY_ROLES}


# Each takes ten seconds and more.
LONGER = (Typology.PROXY_CAREGIVER, Typology.RECIPIENT_ABSENT)


@pytest.mark.parametrize(
    "typology", [Typology.EMPTY_ORDER, *(pytest.param(one, marks=pytest.mark.long) for one in LONGER)]
)
def test_faked_visit_lived_through_the_real_perception_is_found_out(
    tmp_path: Path, registry: Path, typology: Typology
) -> None:
    verdict = weigher().weigh(lived(tmp_path, registry, typology))
    assert verdict.band in DOUBTED
    assert verdict.typology is typology


@pytest.mark.long
def test_photograph_is_as_like_the_caregiver_as_a_face_but_does_not_turn(tmp_path: Path, registry: Path) -> None:
    record = lived(tmp_path, registry, Typology.PROXY_CAREGIVER)
    assert isinstance(record.face, FaceEvidence)
    check_in, check_out = record.face.checks[0], record.face.checks[-1]
    assert check_in.similarity is not None
    assert check_in.similarity > 0.6
    assert isinstance(check_in.liveness, Liveness)
    assert not check_in.liveness.passed
    assert check_out.similarity is not None
    assert check_out.similarity < 0.4
    assert isinstance(record.voice, VoiceEvidence)


def test_withheld_senses_are_not_observed_and_not_held_against_the_caregiver(tmp_path: Path, registry: Path) -> None:
    record = lived(tmp_path, registry, Typology.GENUINE, NO_EARS_NO_EYES)
    not_consented = NotObserved(NotObservedReason.CONSENT_WITHHELD)
    assert (record.face, record.voice, record.sound) == (not_consented, not_consented, not_consented)
    assert weigher().weigh(record).band not in DOUBTED


def test_outage_of_a_sensor_is_a_smaller_coverage_and_two_events_of_the_record(registry: Path) -> None:
    """Heat for four of ten minutes not, then again; nothing else is consented to, so that little is to be perceived."""
    home = WORLD.homes[3]
    plan = plan_visit(7, home, home.caregivers[0], 1_790_000_000_000, TEN_MINUTES_S, NO_EARS_NO_EYES)
    whole = stage(plan, Typology.GENUINE)
    conditions = Conditions(outages=(Outage(Modality.THERMAL, 120.0, 360.0),))
    record = live_alone(replace(whole, script=replace(whole.script, conditions=conditions)), registry)
    covers = {cover.modality: cover for cover in record.integrity.coverage}
    assert covers[Modality.THERMAL].observed_share == pytest.approx(0.6, abs=0.02)
    assert covers[Modality.THERMAL].reason is NotObservedReason.SENSOR_FAULT
    assert covers[Modality.POSITION].observed_share > 0.9
    since_s = [(event.kind, (event.at_ms - plan.started_at_ms) / 1000) for event in record.integrity.events]
    assert since_s == [(IntegrityKind.SENSOR_LOST, 119.0), (IntegrityKind.SENSOR_BACK, 360.0)]
