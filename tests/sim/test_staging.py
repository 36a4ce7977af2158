from datetime import UTC, datetime

import pytest

from sim.history.month import month_of_visits
from sim.history.record import record_of
from sim.script import Appearance, Noise, Person, ShownAs, Spot, Stay
from sim.senses import Half, Senses
from sim.staging.plan import plan_visit
from sim.staging.variants import VARIANTS
from sim.staging.visits import StagedVisit, stage
from sim.staging.world import build_world
from tests.visit_record.examples import KEY
from visit_record.chain import next_link
from visit_record.record import FaceEvidence
from visit_record.sealing import open_record, seal
from visit_record.vocabulary import SoundCue, Typology

WORLD = build_world(seed=5)
STARTED_AT_MS = 1_790_000_000_000
SENSES = Senses.measured(Half.TEST)


def staged(typology: Typology, seed: int = 1) -> StagedVisit:
    home = WORLD.homes[0]
    return stage(plan_visit(seed, home, home.caregivers[0], STARTED_AT_MS), typology)


@pytest.mark.parametrize("typology", VARIANTS)
def test_everything_in_a_script_happens_within_its_visit(typology: Typology) -> None:
    script = staged(typology).script
    events: tuple[Stay | Noise | Appearance, ...] = (*script.stays, *script.noises, *script.appearances)
    for event in events:
        assert 0 <= event.start_s < event.end_s <= script.duration_s + 20, event


@pytest.mark.parametrize("typology", VARIANTS)
def test_same_seed_stages_the_same_visit(typology: Typology) -> None:
    assert staged(typology) == staged(typology)
    assert staged(typology).script != staged(typology, seed=2).script


@pytest.mark.parametrize("typology", VARIANTS)
def test_record_without_streams_seals_and_opens(typology: Typology) -> None:
    record = record_of(
        staged(typology), next_link(0, None), "ueid", {"care_sound": "0" * 64}, Senses.measured(Half.TEST)
    )
    assert open_record(seal(record, KEY), lambda _: KEY.public_key()).record == record


def test_empty_order_leaves_the_recipient_alone() -> None:
    script = staged(Typology.EMPTY_ORDER).script
    caregiver_s = sum(stay.end_s - stay.start_s for stay in script.stays if stay.person is Person.CAREGIVER)
    assert caregiver_s < 0.05 * script.duration_s


def test_proxy_checks_in_with_a_photograph_and_shows_another_face_later() -> None:
    visit = staged(Typology.PROXY_CAREGIVER)
    first, *later = visit.script.appearances
    assert (first.shown_as, first.portrait) == (ShownAs.PHOTO, visit.plan.caregiver.portrait)
    assert all(face.portrait is not visit.plan.caregiver.portrait for face in later)


def test_absent_recipient_is_never_in_bed() -> None:
    assert all(stay.spot is not Spot.BED for stay in staged(Typology.RECIPIENT_ABSENT).script.stays)


def recorded(visit: StagedVisit) -> list[Noise]:
    ends = {SoundCue.DOOR, SoundCue.FOOTSTEPS}
    return [noise for noise in visit.script.noises if noise.cue not in ends]


def test_replayed_sound_is_the_same_in_every_visit() -> None:
    first, second = staged(Typology.REPLAYED_EVIDENCE, 1), staged(Typology.REPLAYED_EVIDENCE, 2)
    assert set(recorded(first)) == set(recorded(second))


def test_month_has_three_agencies_and_mostly_honest_visits() -> None:
    months = list(month_of_visits(WORLD, 3, datetime(2026, 3, 1, tzinfo=UTC)))
    visits = [visit for _, home_visits in months for visit in home_visits]
    assert {home.agency for home, _ in months} == {"agency-a", "agency-b", "agency-c"}
    assert sum(visit.truth is Typology.GENUINE for visit in visits) > 0.6 * len(visits)
    assert all(visit.plan.started_at_ms < datetime(2026, 3, 1, tzinfo=UTC).timestamp() * 1000 for visit in visits)


def visits_of_a_month() -> list[StagedVisit]:
    months = month_of_visits(WORLD, 3, datetime(2026, 3, 1, tzinfo=UTC))
    return [visit for _, home_visits in months for visit in home_visits]


def test_double_booked_caregiver_is_at_two_homes_at_once() -> None:
    visits = visits_of_a_month()
    twice = [visit for visit in visits if visit.truth is Typology.DOUBLE_BOOKING]
    assert twice
    for visit in twice:
        start_ms = visit.plan.started_at_ms
        others = [v for v in visits if v.plan.caregiver == visit.plan.caregiver and v.plan.home != visit.plan.home]
        assert any(abs(other.plan.started_at_ms - start_ms) < 3_600_000 for other in others)


def test_shared_identity_is_one_face_and_voice_under_two_ids() -> None:
    shared = [visit for visit in visits_of_a_month() if visit.truth is Typology.SHARED_IDENTITY]
    assert shared
    for visit in shared:
        record = record_of(visit, next_link(0, None), "ueid", {"care_sound": "0" * 64}, SENSES)
        assert visit.plan.caregiver.same_person_as not in {None, visit.plan.caregiver.id}
        if isinstance(record.face, FaceEvidence):
            assert {check.best_other.caregiver for check in record.face.checks if check.best_other} == {
                visit.plan.caregiver.same_person_as
            }
