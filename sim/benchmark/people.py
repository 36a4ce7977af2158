"""The agencies, homes and caregivers of a world, drawn. Identifiers only: nobody in here has a name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from sim.benchmark.world import BenchmarkWorld, Caregivers, Homes
from sim.script import Portrait, Voice
from sim.staging.world import CITY_CENTRE_DEG, Caregiver, Habits, Home, Room, caregiver_voice
from visit_record.catalogue import service_items
from visit_record.vocabulary import Typology

PLANNED_MINUTES, PLANNED_SHARES = (30, 40, 45, 60, 75, 90), (0.08, 0.08, 0.12, 0.5, 0.12, 0.1)
# How often an item is among those of a home: daily living often, what needs a nurse seldom.
SELDOM = frozenset({"tube_feeding", "catheter_care", "wound_dressing", "perineal_care", "adl_training", "transfer"})
SELDOM_WEIGHT = 0.35
KINDS_A_HOME = (3, 9)
# Most homes are in one town, the more the nearer to its middle.
TOWN_DEG = 0.06


@dataclass(frozen=True)
class Person:
    """A caregiver with their homes, and what nobody knows of them.

    ``faked_share`` is the chance that a visit of theirs is faked, ``favourite`` the way in which they mostly do,
    ``visits`` how many they give.
    """

    caregiver: Caregiver
    homes: tuple[Home, ...]
    faked_share: float
    favourite: Typology | None
    visits: int


def draw_people(world: BenchmarkWorld, tag: str, visits: int, rng: np.random.Generator) -> list[Person]:
    """As many caregivers as give these visits, the last one's cut off; ids begin with ``tag``."""
    counts = _visit_counts(world, visits, rng)
    agencies = _agencies(world, tag, rng)
    faking = _faking(world, counts, rng)
    return [
        _person(world, f"{tag}-{number:05}", next(agencies), faked, count, rng)
        for number, (faked, count) in enumerate(zip(faking, counts, strict=True))
    ]


def _visit_counts(world: BenchmarkWorld, visits: int, rng: np.random.Generator) -> list[int]:
    sizes, counts, left = world.sizes, [], visits
    while left > 0:
        low, high = sizes.few_visits if rng.random() < sizes.few_visits_share else sizes.many_visits
        counts.append(min(left, int(rng.integers(low, high + 1))))
        left -= counts[-1]
    return counts


def _agencies(world: BenchmarkWorld, tag: str, rng: np.random.Generator) -> Iterator[str]:
    """An agency for each caregiver in turn."""
    low, high = world.sizes.caregivers_an_agency
    number = 0
    while True:
        yield from [f"agency-{tag}-{number:03}"] * int(rng.integers(low, high + 1))
        number += 1


def _faking(
    world: BenchmarkWorld, counts: Sequence[int], rng: np.random.Generator
) -> list[tuple[float, Typology | None]]:
    """Each caregiver's share of faked visits, and the dishonest ones' favourite ways.

    As many are dishonest as the world says, and the favourites come in its mixture: only who is which is chance.
    """
    people = world.caregivers
    dishonest = _every_so_often(counts, people.dishonest_share, rng)
    fakers = int(dishonest.sum())
    honest = _beta(people.honest_faked_mean, people.honest_concentration, len(counts) - fakers, rng)
    spread = _beta(world.dishonest_faked_mean, people.dishonest_concentration, fakers, rng)
    in_turn = {False: zip(honest, repeat(None)), True: zip(spread, _spread(world, fakers, rng), strict=True)}
    return [next(in_turn[fakes]) for fakes in dishonest.tolist()]


def _every_so_often(counts: Sequence[int], share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """A share of caregivers, alike among those with few visits and those with many."""
    by_visits = np.lexsort((rng.random(len(counts)), np.array(counts)))
    nth = (np.arange(len(counts)) + float(rng.random())) * share
    taken = np.zeros(len(counts), bool)
    taken[by_visits] = np.floor(nth + share) > np.floor(nth)
    return taken


def _spread(world: BenchmarkWorld, count: int, rng: np.random.Generator) -> list[Typology]:
    """Typologies in the world's mixture as nearly as whole people can have it, shuffled."""
    ways, edges = list(world.typologies), np.cumsum(list(world.typologies.values()))
    at = (np.arange(count) + float(rng.random())) / max(1, count)
    drawn = [ways[min(int(index), len(ways) - 1)] for index in np.searchsorted(edges, at, side="right")]
    return [drawn[index] for index in rng.permutation(count)]


def _beta(mean: float, concentration: float, count: int, rng: np.random.Generator) -> list[float]:
    """Draws from a Beta distribution, one from each of as many equally probable slices of it, shuffled."""
    if mean in {0.0, 1.0}:
        return [mean] * count
    at = (np.arange(count) + rng.random(count)) / max(1, count)
    drawn = betaincinv(mean * concentration, (1 - mean) * concentration, at)
    return [float(drawn[index]) for index in rng.permutation(count)]


def _person(  # noqa: PLR0913, PLR0917 - what a person is drawn from
    world: BenchmarkWorld,
    code: str,
    agency: str,
    faking: tuple[float, Typology | None],
    visits: int,
    rng: np.random.Generator,
) -> Person:
    portrait = list(Portrait)[int(rng.integers(2))]
    caregiver = Caregiver(
        f"caregiver-{code}", portrait, caregiver_voice(portrait, rng), habits=_habits(world.caregivers, rng)
    )
    low, high = world.sizes.homes_a_caregiver
    homes = tuple(
        _home(world.homes, f"{code}-{number}", agency, caregiver, rng)
        for number in range(int(rng.integers(low, high + 1)))
    )
    return Person(caregiver, homes, *faking, visits)


def _habits(odds: Caregivers, rng: np.random.Generator) -> Habits:
    kind = float(rng.random())
    quiet, talks = kind < odds.quiet, kind > 1 - odds.talkative
    low, high = (0.02, 0.2) if quiet else (0.7, 1.0) if talks else (0.25, 0.7)
    return Habits(
        talk=float(rng.uniform(low, high)),
        sound=float(rng.uniform(0.25, 0.6) if quiet else rng.uniform(0.7, 1.3)),
        forgetful=float(rng.uniform(0.4, 1.0)) if rng.random() < odds.forgetful else float(rng.uniform(0, 0.05)),
        old_face=bool(rng.random() < odds.old_face),
    )


def _home(odds: Homes, code: str, agency: str, caregiver: Caregiver, rng: np.random.Generator) -> Home:
    latitude_deg, longitude_deg = (centre + float(rng.normal(0, TOWN_DEG)) for centre in CITY_CENTRE_DEG)
    return Home(
        recipient=f"recipient-{code}",
        device=f"device-{code}",
        agency=agency,
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        visits_a_week=int(rng.choice([3, 5, 7], p=[0.5, 0.3, 0.2])),
        items=_items(rng),
        voice=Voice(float(rng.uniform(95, 190)), float(rng.uniform(0.86, 1.08))),
        caregivers=(caregiver,),
        room=_room(odds, rng),
        planned_s=60.0 * float(rng.choice(PLANNED_MINUTES, p=PLANNED_SHARES)),
    )


def _items(rng: np.random.Generator) -> tuple[str, ...]:
    items = list(service_items())
    weights = np.array([SELDOM_WEIGHT if item in SELDOM else 1.0 for item in items])
    count = int(rng.integers(KINDS_A_HOME[0], KINDS_A_HOME[1] + 1))
    return tuple(rng.choice(items, count, replace=False, p=weights / weights.sum()).tolist())


def _room(odds: Homes, rng: np.random.Generator) -> Room:
    def holds(share: float) -> bool:
        return bool(rng.random() < share)

    return Room(
        television=holds(odds.television),
        family=Voice(float(rng.uniform(110, 220)), float(rng.uniform(0.82, 1.02))) if holds(odds.family) else None,
        rises=holds(odds.rises),
        bathroom=holds(odds.bathroom),
        light=float(rng.uniform(*odds.light)) if holds(odds.dim) else 1.0,
        noise_db=float(rng.uniform(*odds.noise_db)) if holds(odds.noisy) else None,
        gain_db=float(rng.uniform(*odds.gain_db)) if holds(odds.low_gain) else float(rng.uniform(-2, 2)),
        distance_m=float(rng.uniform(*odds.distance_m)),
        decoys=frozenset(kind for kind, share in odds.decoys.items() if holds(share)),
        withheld=frozenset(sense for sense, share in odds.withheld.items() if holds(share)),
        satellites=not holds(odds.no_satellites),
        reception_off_m=float(rng.uniform(*odds.canyon_m)) if holds(odds.canyon) else 0.0,
    )
