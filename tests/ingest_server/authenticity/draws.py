"""Seeded caregivers whose share of genuine service is known, and visits weighed with the errors of a fair weigher."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ingest_server.authenticity.estimates import WeighedVisit

PRIOR = 0.08
# How far apart genuine and faked visits are, in standard deviations of their weights of evidence.
APART = 3.0


class Drawn(NamedTuple):
    """Visits, and each caregiver's true share of genuine service."""

    visits: list[WeighedVisit]
    truth: dict[str, float]


def suspicion_of(log_ratio: float) -> float:
    """What a weigher says that started from PRIOR and found this natural logarithm of the likelihood ratio."""
    return float(1 / (1 + np.exp(-log_ratio) * (1 - PRIOR) / PRIOR))


def drawn(seed: int, caregivers: int, most_visits: int = 80, in_common: float = 0.0) -> Drawn:
    """One in ten cheats, in any degree; the others are honest in nearly every visit.

    ``in_common`` is how much of the weigher's error, as a share of its variance, is the same in all of one's visits.
    """
    rng = np.random.default_rng(seed)
    cheats = rng.random(caregivers) < 0.1
    shares = np.where(cheats, rng.beta(2, 2, caregivers), rng.beta(300, 1, caregivers))
    truth = {f"caregiver-{number}": float(share) for number, share in enumerate(shares)}
    return Drawn([visit for name in truth for visit in _visits(name, truth[name], most_visits, rng, in_common)], truth)


def _visits(name: str, share: float, most: int, rng: np.random.Generator, in_common: float) -> Iterator[WeighedVisit]:
    number = int(name.rpartition("-")[2])
    own = rng.normal(0.0, APART * in_common**0.5) if in_common else 0.0
    for faked in rng.random(int(rng.integers(3, most))) > share:
        # Normal with this mean and spread, a log-likelihood ratio means exactly what it says.
        log_ratio = own + rng.normal(APART**2 / 2 * (1 if faked else -1), APART * (1 - in_common) ** 0.5)
        yield WeighedVisit(name, suspicion_of(log_ratio), f"agency-{number % 5}", f"{number % 3}/basic")
