"""The people of a city, and when they give their visits: all of a year's, or of so many days. Seeded.

As many caregivers as a middling city's agencies have, so that pages carry what they would there: most give visits the
whole time, some come in the middle of it and give few.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from math import isqrt

import msgspec
import numpy as np

from sim.benchmark.odds import Sizes
from sim.benchmark.people import Person, draw_people
from sim.benchmark.population import VISITS_A_DAY, Population, planned, slot_ms
from sim.benchmark.world import BenchmarkWorld
from sim.errors import HistoryError

# Of four slots a day, whoever works hardest fills so many over a year, days off among them.
MOST_A_DAY = 3
JOINS_LATE = 0.25
HOMES_A_CAREGIVER = (3, 6)
CAREGIVERS_AN_AGENCY, FEWEST_AGENCIES = 30, 3
PEOPLE, ROUNDS = 0x4349, 0x524F


@dataclass(frozen=True)
class Span:
    """So many days, the last of them the day before ``until``."""

    days: int
    until: date

    @property
    def first_morning_ms(self) -> int:
        """When the first day's first visit may begin: midnight UTC is eight in the morning in Shanghai."""
        first = datetime(self.until.year, self.until.month, self.until.day, tzinfo=UTC) - timedelta(days=self.days)
        return int(first.timestamp() * 1000)


@dataclass(frozen=True)
class Round:
    """One caregiver with all their visits, which nobody else's depend on: so many processes may share a city."""

    number: int
    person: Person


@dataclass(frozen=True)
class City:
    """Who lives and works there; what they do is drawn round by round."""

    world: BenchmarkWorld
    seed: int
    span: Span
    people: Sequence[Person]

    @classmethod
    def drawn(cls, world: BenchmarkWorld, seed: int, visits: int, span: Span, agencies: int | None) -> "City":
        """The people who give so many visits.

        Raises:
            HistoryError: there are more agencies than caregivers.
        """
        rng = np.random.default_rng([seed, PEOPLE])
        sized = msgspec.structs.replace(world, sizes=_sizes(visits, span.days))
        people = draw_people(sized, f"city{seed}", visits, rng)
        count = agencies or max(FEWEST_AGENCIES, len(people) // CAREGIVERS_AN_AGENCY)
        if agencies is not None and agencies > len(people):
            raise HistoryError(
                f"{visits} visits need {len(people)} caregivers only: ask for no more agencies than that"
            )
        employed = _employed(people, f"city{seed}", min(count, len(people)), rng)
        return cls(world, seed, span, tuple(employed))

    @property
    def rounds(self) -> Iterator[Round]:
        """Every caregiver's, in order."""
        return (Round(number, person) for number, person in enumerate(self.people))

    def population(self, round_: Round) -> Population:
        """The visits of one caregiver, in order of time."""
        rng = np.random.default_rng([self.seed, ROUNDS, round_.number])
        plans = tuple(planned(self.world, round_.person, _slots_ms(round_.person.visits, self.span, rng), rng))
        return Population(self.world, (round_.person,), plans)


def _sizes(visits: int, days: int) -> Sizes:
    """A small city has fewer visits a caregiver too, lest one agency have it all."""
    busy = max(4, min(MOST_A_DAY * days, isqrt(visits)))
    return Sizes(
        caregivers_an_agency=(1, 1),
        homes_a_caregiver=HOMES_A_CAREGIVER,
        few_visits_share=JOINS_LATE,
        few_visits=(1, busy // 4),
        many_visits=(busy // 3, busy),
    )


def _employed(people: Sequence[Person], tag: str, agencies: int, rng: np.random.Generator) -> Iterator[Person]:
    """Each with one of the agencies, large ones and small ones, none without anybody."""
    shares = rng.uniform(0.3, 1.7, agencies).cumsum()
    others = len(people) - agencies
    ends = np.arange(1, agencies + 1) + np.floor(others * shares / shares[-1]).astype(int)
    for number, person in enumerate(people):
        agency = f"agency-{tag}-{int(np.searchsorted(ends, number, side='right')):03}"
        yield replace(person, homes=tuple(replace(home, agency=agency) for home in person.homes))


def _slots_ms(visits: int, span: Span, rng: np.random.Generator) -> Iterator[int]:
    """Slots of the days that somebody works there, in order: so many that at most three in four are filled."""
    least = -(-visits // MOST_A_DAY)
    worked = int(min(span.days, max(least, round(visits / rng.uniform(1.5, MOST_A_DAY)))))
    joined = int(rng.integers(span.days - worked + 1))
    slots = np.sort(rng.choice(worked * VISITS_A_DAY, visits, replace=False))
    return (slot_ms(span.first_morning_ms, joined * VISITS_A_DAY + slot) for slot in slots.tolist())
