"""The estimates of a set of weighed visits, without any store: what the benchmark calls."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from msgspec import Struct

from ingest_server.authenticity.estimate import Estimate
from ingest_server.authenticity.grid import Ints
from ingest_server.authenticity.peers import peers_of
from ingest_server.authenticity.roll import roll_of
from ingest_server.authenticity.rows import Group, Row
from ingest_server.authenticity.settings import DEFAULT, KEPT_DECIBANS, Settings
from ingest_server.authenticity.weights import BINS, decibans_of


class WeighedVisit(Struct, frozen=True):
    """What is taken of a visit's verdict.

    ``subject`` is whom the estimate is of: a caregiver, or an agency, recipient or device; ``agency`` and ``stratum``
    (disability level and item mix) say who its peers are, and are empty where they are not known. ``judged`` is false
    for a verdict of insufficient evidence, which says nothing of either.
    """

    subject: str
    suspicion: float
    agency: str = ""
    stratum: str = ""
    judged: bool = True


def estimates(
    visits: Iterable[WeighedVisit], prior_suspicion: float, settings: Settings = DEFAULT
) -> Mapping[str, Estimate]:
    """The estimate of each subject, its percentile among all.

    Args:
        visits: in any order; it changes nothing.
        prior_suspicion: 1 minus the calibration's prior of ``genuine``, which every suspicion started from.
        settings: the constants.
    """
    rows = _rows(visits, prior_suspicion)
    return roll_of(rows, peers_of(rows, settings), settings).estimates(settings)


def _rows(visits: Iterable[WeighedVisit], prior_suspicion: float) -> list[Row]:
    counts: defaultdict[tuple[str, Group], Ints] = defaultdict(lambda: np.zeros(BINS, np.int64))
    seen: defaultdict[tuple[str, Group], int] = defaultdict(int)
    for visit in visits:
        key = visit.subject, Group(visit.agency, visit.stratum)
        seen[key] += 1
        counts[key][decibans_of(visit.suspicion, prior_suspicion) + KEPT_DECIBANS] += visit.judged
    return [Row(*key, counts[key], number) for key, number in seen.items()]
