"""A world's shares come out as asked, and two populations share nobody."""

from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from sim.benchmark.population import Population
from sim.benchmark.world import BenchmarkWorld, shipped_world
from sim.benchmark.worlds import SHIPPED
from sim.script import DecoyKind
from sim.staging.visits import StagedVisit
from sim.staging.world import Home
from visit_record.vocabulary import Modality, Typology

VISITS, STAGED = 12_000, 1500


@cache
def drawn(name: str, seed: int = 1, visits: int = VISITS) -> Population:
    return Population.drawn(shipped_world(name), seed, visits)


@cache
def honest() -> tuple[StagedVisit, ...]:
    population = drawn("harsh", 2)
    genuine = [n for n, plan in enumerate(population.plans) if plan.typology is Typology.GENUINE]
    return tuple(population.stage(number) for number in genuine[:: len(genuine) // STAGED])


def world(name: str) -> BenchmarkWorld:
    return shipped_world(name)


@pytest.mark.parametrize("name", SHIPPED)
def test_as_many_visits_are_faked_as_the_world_says(name: str) -> None:
    faked = [plan for plan in drawn(name).plans if plan.typology is not Typology.GENUINE]
    assert len(drawn(name).plans) == VISITS
    assert len(faked) / VISITS == pytest.approx(world(name).faked_share, rel=0.12)


@pytest.mark.parametrize("name", SHIPPED)
def test_ways_of_faking_come_in_the_worlds_mixture(name: str) -> None:
    # Whoever fakes has a favourite way: where few do, a mixture shows in many visits alone.
    many = drawn(name, visits=4 * VISITS)
    faked: Counter[Typology] = Counter(plan.typology for plan in many.plans)
    del faked[Typology.GENUINE]
    for kind, share in world(name).typologies.items():
        assert faked[kind] / faked.total() == pytest.approx(share, abs=0.04), kind


def test_variants_come_in_the_worlds_mixture() -> None:
    ways = Counter(plan.variant for plan in drawn("harsh").plans if plan.typology is Typology.COLLUDING_FAMILY)
    for name, share in world("harsh").variants[Typology.COLLUDING_FAMILY].items():
        assert ways[name] / ways.total() == pytest.approx(share, abs=0.09), name


@pytest.mark.parametrize("name", SHIPPED)
def test_caregivers_propensities_mean_what_the_world_says(name: str) -> None:
    people, odds = drawn(name).people, world(name)
    fakers = [person for person in people if person.favourite is not None]
    honest_people = [person for person in people if person.favourite is None]
    assert len(fakers) / len(people) == pytest.approx(odds.caregivers.dishonest_share, abs=0.01)
    mean = sum(person.faked_share for person in fakers) / len(fakers)
    assert mean == pytest.approx(odds.dishonest_faked_mean, abs=0.02)
    assert all(0 < person.faked_share < 0.1 for person in honest_people)
    assert len({person.faked_share for person in people}) == len(people)


def test_genuine_share_is_each_caregivers_own_propensity() -> None:
    population = drawn("unseen")
    shares = population.genuine_share
    assert set(shares) == {person.caregiver.id for person in population.people}
    told, given = 0.0, 0.0
    for plan in population.plans:
        told += shares[plan.person.caregiver.id]
        given += plan.typology is Typology.GENUINE
    assert given / told == pytest.approx(1, abs=0.01)


def test_many_caregivers_have_fewer_than_twenty_visits() -> None:
    counts = Counter(plan.person.caregiver.id for plan in drawn("unseen").plans)
    few = sum(count < 20 for count in counts.values()) / len(counts)
    assert few == pytest.approx(world("unseen").sizes.few_visits_share, abs=0.08)


def test_collusion_binds_a_caregiver_to_a_home() -> None:
    bound = [p.home == p.person.homes[0] for p in drawn("harsh").plans if p.typology is Typology.COLLUDING_FAMILY]
    assert sum(bound) / len(bound) > world("harsh").collusion


def test_no_caregiver_is_at_two_visits_at_once() -> None:
    population = drawn("harsh", 5, 600)
    ends: dict[str, float] = {}
    for visit in population.visits():
        assert visit.plan.started_at_ms >= ends.get(visit.plan.caregiver.id, 0)
        ends[visit.plan.caregiver.id] = visit.plan.started_at_ms + 1000 * visit.plan.duration_s


def test_homes_are_as_the_world_says() -> None:
    homes = [home for person in drawn("harsh").people for home in person.homes]
    odds = world("harsh").homes
    assert part(homes, lambda home: home.room.television) == pytest.approx(odds.television, abs=0.04)
    assert part(homes, lambda home: home.room.noise_db is not None) == pytest.approx(odds.noisy, abs=0.04)
    assert part(homes, lambda home: home.room.light < 1) == pytest.approx(odds.dim, abs=0.04)
    assert part(homes, lambda home: not home.room.satellites) == pytest.approx(odds.no_satellites, abs=0.04)
    decoys = Counter(kind for home in homes for kind in home.room.decoys)
    assert {kind: decoys[kind] / len(homes) for kind in DecoyKind} == pytest.approx(odds.decoys, abs=0.04)
    withheld = Counter(sense for home in homes for sense in home.room.withheld)
    assert {sense: withheld[sense] / len(homes) for sense in Modality} == pytest.approx(odds.withheld, abs=0.03)


def test_honest_visits_are_as_odd_as_the_world_says() -> None:
    odds, visits = world("harsh").visits, honest()
    outages = [{o.modality for o in visit.script.conditions.outages} for visit in visits]
    assert sum(bool(v.plan.refused) for v in visits) / len(visits) == pytest.approx(odds.refusal, abs=0.03)
    assert sum(len(lost) == 5 for lost in outages) / len(visits) == pytest.approx(odds.power_cut / 2, abs=0.015)
    thermal = sum(Modality.THERMAL in lost and len(lost) < 5 for lost in outages) / len(visits)
    assert thermal == pytest.approx(odds.broken.thermal, abs=0.025)
    walks = [v for v in visits if "outing" in v.oddities]
    assert 0.3 * odds.outing < len(walks) / len(visits) < odds.outing


def test_out_for_a_walk_nobody_is_home_but_the_family() -> None:
    walks = [visit for visit in honest() if "outing" in visit.oddities]
    assert walks
    for visit in walks:
        away = [s for s in visit.script.stays if s.person != "family"]
        times = sorted({0.0, *(s.end_s for s in away)})
        starts = [min((s.start_s for s in away if s.start_s >= at_s - 1e-6), default=at_s) for at_s in times]
        assert max(start - at_s for start, at_s in zip(starts, times, strict=True)) > 900


def test_same_seed_draws_the_same_visits_and_any_one_alone() -> None:
    first, second = (Population.drawn(world("unseen"), 3, 60) for _ in range(2))
    visits = list(first.visits())
    assert visits == list(second.visits())
    assert second.stage(41) == visits[41]


def test_other_seeds_and_other_halves_share_nobody_and_nothing() -> None:
    populations = [drawn("fitted", 1, 300), drawn("fitted", 2, 300), drawn("unseen", 1, 300)]
    ids = [
        {name for plan in p.plans for name in (plan.home.device, plan.home.recipient, plan.person.caregiver.id)}
        | {plan.home.agency for plan in p.plans}
        for p in populations
    ]
    assert not ids[0] & ids[1] and not ids[0] & ids[2] and not ids[1] & ids[2]
    seeds = [{plan.seed for plan in p.plans} for p in populations]
    assert not seeds[0] & seeds[1] and not seeds[0] & seeds[2]


def part(homes: list[Home], holds: Callable[[Home], bool]) -> float:
    return sum(holds(home) for home in homes) / len(homes)
