"""Everything that is said of one subject: its estimate, its months, what drives it, its money, what could be seen."""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import NamedTuple

import msgspec

from ingest_server.authenticity.census import Census
from ingest_server.authenticity.estimate import (
    AgainstWeight,
    Authenticity,
    Compared,
    Drivers,
    Estimate,
    Money,
    MonthlyEstimate,
    Observability,
)
from ingest_server.authenticity.roll import NOBODY, Roll, roll_of
from ingest_server.authenticity.rows import Group, Row
from ingest_server.authenticity.settings import DEFAULT, Settings
from ingest_server.authenticity.tally import MILLION, THOUSAND, Tally
from visit_record.vocabulary import Modality, Typology

# A figure of what drives an estimate names the few things that do.
MOST_DRIVERS = 5


class Months(NamedTuple):
    """The visits of a subject that its reader may see, by peers and month, and the agencies they are of."""

    tallies: Mapping[tuple[Group, str], Tally]
    agencies: tuple[str, ...]


class Asked(NamedTuple):
    """Of whom, and beside whom: ``agency`` is that of a reader who is shown its own peers alone."""

    subject: str
    census: Census
    agency: str | None = None
    settings: Settings = DEFAULT

    @property
    def shown(self) -> Roll:
        """The peers that the reader is shown."""
        return self.census.whole if self.agency is None else self.census.agencies.get(self.agency, NOBODY)


def portrait(asked: Asked, months: Months) -> Authenticity:
    """What is said of a subject.

    Raises:
        ValueError: there is no visit.
    """
    if not months.tallies:
        raise ValueError(f"no visit of {asked.census.kind} {asked.subject}")
    tally, census = reduce(Tally.merge, months.tallies.values()), asked.census
    estimate = _estimate(asked, months)
    return Authenticity(
        kind=census.kind,
        subject=asked.subject,
        agencies=months.agencies,
        since_month=census.since_month,
        peers_of_ms=census.taken_at_ms,
        estimate=estimate,
        peers=Compared(len(asked.shown.subjects), asked.shown.mean, asked.agency),
        whole_percentile=census.whole.percentile(asked.subject, estimate.mean),
        trend=_trend(asked, months),
        drivers=_drivers(tally),
        money=Money(tally.sums["billed"], tally.sums["at_risk"], tally.sums["unjudged"]),
        observability=_observability(tally),
    )


def rows_of(subject: str, tallies: Mapping[tuple[Group, str], Tally]) -> Iterable[Row]:
    """A subject's tallies as rows of a census."""
    return [Row(subject, group, tally.weights, tally.visits) for (group, _), tally in tallies.items()]


def _estimate(asked: Asked, months: Months) -> Estimate:
    roll = roll_of(rows_of(asked.subject, months.tallies), asked.census.peers, asked.settings)
    estimate = roll.estimates(asked.settings)[asked.subject]
    return msgspec.structs.replace(estimate, percentile=asked.shown.percentile(asked.subject, estimate.mean))


def _trend(asked: Asked, months: Months) -> tuple[MonthlyEstimate, ...]:
    rows = [Row(month, group, tally.weights, tally.visits) for (group, month), tally in months.tallies.items()]
    estimates = roll_of(rows, asked.census.peers, asked.settings).estimates(asked.settings)
    return tuple(
        MonthlyEstimate(month, one.visits, one.judged, one.mean, one.low, one.high) for month, one in estimates.items()
    )


def _drivers(tally: Tally) -> Drivers:
    faked = {typology: tally.sums[f"faked:{typology}"] / MILLION for typology in Typology}
    against = _named(tally, "against:")
    strongest = sorted(against, key=lambda name: (-against[name], name))[:MOST_DRIVERS]
    weights = (AgainstWeight(name, round(against[name] / THOUSAND)) for name in strongest)
    return Drivers(
        {typology: share for typology, share in sorted(faked.items(), key=lambda one: -one[1]) if share >= 0.005},
        tuple(weight for weight in weights if weight.decibans),
    )


def _observability(tally: Tally) -> Observability:
    mean = tally.sums["observed"] / MILLION / tally.visits
    missing = {sense: tally.sums[f"missing:{sense}"] for sense in Modality}
    judged = int(tally.weights.sum())
    return Observability(mean, tally.visits - judged, {sense: count for sense, count in missing.items() if count})


def _named(tally: Tally, prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): value for name, value in tally.sums.items() if name.startswith(prefix)}
