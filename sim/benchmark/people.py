"""The agencies, homes and caregivers of a world, drawn. Identifiers only: nobody in here has a name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from sim.benchmark.homes import draw_home
from sim.benchmark.odds import Caregivers
from sim.benchmark.world import BenchmarkWorld
from sim.script import Portrait
from sim.staging.world import Caregiver, Habits, Home, caregiver_voice
from visit_record.vocabulary import Typology


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
    fakers = np.flatnonzero(dishonest)
    spread = _beta(world.dishonest_faked_mean, people.dishonest_concentration, len(fakers), rng)
    expected = np.array(spread) * np.array(counts)[fakers]
    honest = _beta(people.honest_faked_mean, people.honest_concentration, len(counts) - len(fakers), rng)
    in_turn = {False: zip(honest, repeat(None)), True: zip(spread, _favourites(world, expected, rng), strict=True)}
    return [next(in_turn[fakes]) for fakes in dishonest.tolist()]


def _every_so_often(counts: Sequence[int], share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """A share of caregivers, alike among those with few visits and those with many."""
    by_visits = np.lexsort((rng.random(len(counts)), np.array(counts)))
    nth = (np.arange(len(counts)) + float(rng.random())) * share
    taken = np.zeros(len(counts), bool)
    taken[by_visits] = np.floor(nth + share) > np.floor(nth)
    return taken


def _favourites(world: BenchmarkWorld, expected: NDArray[np.float64], rng: np.random.Generator) -> list[Typology]:
    """Ways in the world's mixture, as nearly as whole people can have it who fake so many visits each."""
    ways, edges = list(world.typologies), np.cumsum(list(world.typologies.values()))
    order = rng.permutation(len(expected))
    at = (np.cumsum(expected[order]) - expected[order] / 2) / max(1e-9, float(expected.sum()))
    drawn = np.empty(len(expected), int)
    drawn[order] = np.searchsorted(edges[:-1], at, side="right")
    return [ways[index] for index in drawn.tolist()]


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
        draw_home(world.homes, f"{code}-{number}", agency, caregiver, rng)
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
