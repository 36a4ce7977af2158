"""What every variant of every typology must keep to, whatever its circumstances."""

from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from sim.benchmark.population import Population
from sim.benchmark.world import shipped_world
from sim.script import Appearance, Noise, Person, ShownAs, Spot, Stay
from sim.staging.frauds_conduct import ALIKE, PARTLY_LIKE, UNLIKE
from sim.staging.variants import SHOWN_BY_ONE, VARIANTS, plainest
from sim.staging.visits import StagedVisit
from visit_record.catalogue import service_items
from visit_record.vocabulary import IntegrityKind, Modality, NotObservedReason, Typology

WAYS = [(kind, name) for kind, ways in VARIANTS.items() for name in ways]
SAMPLES = 12
LITTLE, HALF = 0.15, 0.5


@cache
def population() -> Population:
    return Population.drawn(shipped_world("harsh"), seed=8, visits=400)


@cache
def staged(kind: Typology, name: str) -> tuple[StagedVisit, ...]:
    """The same orders and circumstances for every variant, as harsh as they come."""
    plans = [replace(plan, typology=kind, variant=name) for plan in population().plans[:: 400 // SAMPLES]]
    these = Population(population().world, population().people, plans)
    return tuple(these.visits())


def seconds(visit: StagedVisit, person: Person, spot: Spot | None = None) -> float:
    stays = (s for s in visit.script.stays if s.person is person and (spot is None or s.spot is spot))
    return sum(stay.end_s - stay.start_s for stay in stays)


def share(visit: StagedVisit, person: Person, spot: Spot | None = None) -> float:
    return seconds(visit, person, spot) / visit.script.duration_s


@pytest.mark.parametrize(("kind", "name"), WAYS)
def test_everything_that_happens_does_so_within_the_visit(kind: Typology, name: str) -> None:
    for visit in staged(kind, name):
        script = visit.script
        events: tuple[Stay | Noise | Appearance, ...] = (*script.stays, *script.noises, *script.appearances)
        for event in events:
            assert 0 <= event.start_s < event.end_s <= script.duration_s + 20, event
        assert all(0 <= deed.at_s <= script.duration_s for deed in script.deeds)
        assert all(0 <= gone.start_s < min(gone.end_s, script.duration_s) for gone in script.conditions.outages)
        assert script.duration_s == visit.plan.duration_s


@pytest.mark.parametrize(("kind", "name"), WAYS)
def test_nobody_is_at_two_spots_at_once(kind: Typology, name: str) -> None:
    for visit in staged(kind, name):
        for person in Person:
            stays = sorted((s for s in visit.script.stays if s.person is person), key=lambda stay: stay.start_s)
            if person is not Person.FAMILY:  # a family is several people
                assert all(a.end_s <= b.start_s + 1e-6 for a, b in pairwise(stays))


@pytest.mark.parametrize(("kind", "name"), WAYS)
def test_kiosk_is_told_of_catalogue_items_in_order_of_time(kind: Typology, name: str) -> None:
    for visit in staged(kind, name):
        plan, order = visit.plan, visit.plan.order
        starts = [claim.start_s for claim in plan.claims]
        told = {claim.item for claim in plan.claims} | {refusal.item for refusal in plan.refused}
        assert starts == sorted(starts)
        assert all(0 <= claim.start_s < claim.end_s <= plan.duration_s for claim in plan.claims)
        assert told == set(order.items) <= set(service_items())
        assert (visit.truth, visit.variant) == (kind, name)


@pytest.mark.parametrize("kind", VARIANTS)
def test_shares_of_a_typologys_variants_sum_to_one(kind: Typology) -> None:
    assert sum(variant.share for variant in VARIANTS[kind].values()) == pytest.approx(1)
    assert plainest(kind) in VARIANTS[kind]


@pytest.mark.parametrize("name", ["leaves", "television_left_on"])
def test_empty_order_that_leaves_is_hardly_there(name: str) -> None:
    for visit in staged(Typology.EMPTY_ORDER, name):
        assert share(visit, Person.CAREGIVER) < LITTLE


@pytest.mark.parametrize("name", VARIANTS[Typology.EMPTY_ORDER])
def test_empty_order_never_goes_near_a_recipient_in_bed(name: str) -> None:
    for visit in staged(Typology.EMPTY_ORDER, name):
        assert share(visit, Person.CAREGIVER, Spot.BEDSIDE) == 0
        assert share(visit, Person.RECIPIENT) == pytest.approx(1)


@pytest.mark.parametrize("name", VARIANTS[Typology.COLLUDING_FAMILY])
def test_colluding_caregiver_stays_with_the_family_and_gives_next_to_no_care(name: str) -> None:
    for visit in staged(Typology.COLLUDING_FAMILY, name):
        assert share(visit, Person.CAREGIVER) > 0.95
        assert share(visit, Person.FAMILY) > 0.95
        assert seconds(visit, Person.CAREGIVER, Spot.BEDSIDE) <= 240


@pytest.mark.parametrize("name", VARIANTS[Typology.PROXY_CAREGIVER])
def test_proxy_is_seen_as_somebody_else_whenever_no_picture_is_held_up(name: str) -> None:
    for visit in staged(Typology.PROXY_CAREGIVER, name):
        own, last_s = visit.plan.caregiver.portrait, visit.script.duration_s
        faces = visit.script.appearances
        during = [face for face in faces if 0 < face.start_s < last_s]
        assert all(face.portrait is not own and face.shown_as is ShownAs.LIVE for face in during)
        assert all(face.portrait is own for face in faces if face.shown_as is not ShownAs.LIVE)
        voices = {noise.voice for noise in visit.script.noises}
        assert visit.plan.caregiver.voice not in voices


@pytest.mark.parametrize("name", VARIANTS[Typology.RECIPIENT_ABSENT])
def test_absent_recipient_is_nowhere_and_says_nothing(name: str) -> None:
    for visit in staged(Typology.RECIPIENT_ABSENT, name):
        assert share(visit, Person.RECIPIENT) == 0
        heard = {noise.voice for noise in visit.script.noises} - {None}
        assert heard <= {visit.plan.caregiver.voice, visit.plan.home.room.family, visit.plan.home.voice}
        assert name == "with_the_family" or visit.plan.home.voice not in heard


@pytest.mark.parametrize("name", VARIANTS[Typology.PADDED_DURATION])
def test_padded_visit_has_care_for_two_thirds_at_most_and_then_nobody(name: str) -> None:
    for visit in staged(Typology.PADDED_DURATION, name):
        assert 0 < share(visit, Person.CAREGIVER) < 0.72
        tail = [
            s for s in visit.script.stays if s.person is Person.CAREGIVER and s.end_s > 0.67 * visit.script.duration_s
        ]
        assert sum(stay.end_s - stay.start_s for stay in tail) <= max(90, 0.05 * visit.script.duration_s)


@pytest.mark.parametrize("pairs", [UNLIKE, PARTLY_LIKE, ALIKE])
def test_swaps_are_of_catalogue_items_and_never_of_an_item_for_itself(pairs: dict[str, str]) -> None:
    assert {*pairs, *pairs.values()} <= set(service_items())
    assert all(claimed != given for claimed, given in pairs.items())


@pytest.mark.parametrize("name", VARIANTS[Typology.REPLAYED_EVIDENCE])
def test_recording_is_the_same_in_all_visits_of_a_caregiver(name: str) -> None:
    caregiver = population().people[0].caregiver
    plans = [replace(p, typology=Typology.REPLAYED_EVIDENCE, variant=name) for p in population().plans[:400]]
    own = [number for number, plan in enumerate(plans) if plan.person.caregiver == caregiver][:2]
    these = Population(population().world, population().people, plans)
    first, second = (these.stage(number) for number in own)
    shorter_s = min(first.script.duration_s, second.script.duration_s)
    played = [{n for n in v.script.noises if n.gain_db and n.end_s < shorter_s} for v in (first, second)]
    assert len(played[0] & played[1]) > HALF * len(played[0])


@pytest.mark.parametrize("name", VARIANTS[Typology.FALSE_LOCATION])
def test_false_location_cares_for_nobody_and_is_far_spoofed_frozen_or_off(name: str) -> None:
    for visit in staged(Typology.FALSE_LOCATION, name):
        sky, home, outages = visit.script.sky, visit.plan.home, visit.script.conditions.outages
        far = abs(sky.latitude_deg - home.latitude_deg) + abs(sky.longitude_deg - home.longitude_deg) > 0.02
        off = any(outage.reason is NotObservedReason.LOCATION_OFF for outage in outages)
        assert share(visit, Person.RECIPIENT) == 0
        assert far or off or sky.spoofer or sky.jitter_m == 0


@pytest.mark.parametrize("name", VARIANTS[Typology.TAMPERED_DEVICE])
def test_tampering_is_a_deed_and_takes_its_sense_away(name: str) -> None:
    blinds = {IntegrityKind.CAMERA_COVERED: Modality.FACE, IntegrityKind.MICROPHONE_MUTED: Modality.SOUND}
    for visit in staged(Typology.TAMPERED_DEVICE, name):
        lost = {outage.modality for outage in visit.script.conditions.outages}
        assert visit.script.deeds
        assert {blinds[deed.kind] for deed in visit.script.deeds if deed.kind in blinds} <= lost


def test_one_visit_shows_all_typologies_but_those_that_need_a_fellow() -> None:
    assert set(Typology) - set(SHOWN_BY_ONE) == {Typology.DOUBLE_BOOKING, Typology.SHARED_IDENTITY}


@pytest.mark.parametrize(("kind", "name"), WAYS)
def test_every_variant_is_documented_with_its_share(kind: Typology, name: str) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "variants.md").read_text("utf-8")
    assert f"| `{kind}` | `{name}` | {VARIANTS[kind][name].share:.0%} |" in docs
