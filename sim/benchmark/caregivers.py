"""Whether what is said of caregivers holds: do the intervals cover, and is anybody honest branded. Pure, seeded."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ingest_server.authenticity.estimate import Estimate as Standpoint
from ingest_server.authenticity.estimate import Standing
from ingest_server.authenticity.estimates import WeighedVisit, estimates
from ingest_server.scoring.verdict import Band
from sim.benchmark.cllr import Floats
from sim.benchmark.intervals import Estimate
from sim.benchmark.intervals import estimates as with_intervals
from sim.benchmark.outcome import WHOLE, Outcome, Prior
from sim.benchmark.priors import suspicion_at
from visit_record.vocabulary import Typology

# So few visits say little of anybody: by their first 19, nobody honest may be branded, however many they have.
FEW_VISITS = 19
# So few as a caregiver has soon after the beginning.
FIRST_WEEKS = 8
# By how many of their first visits every honest caregiver is looked at; by all of them last.
BRANDED = (
    ("false_branding", FEW_VISITS),
    ("false_branding_first_weeks", FIRST_WEEKS),
    ("false_branding_whole", None),
)


def caregiver_figures(
    outcomes: Sequence[Outcome],
    genuine_share: Mapping[str, float],
    prior: Prior,
    rng: np.random.Generator,
    resamples: int,
) -> Iterator[tuple[str, Estimate, int]]:
    """What each figure is of, the figure, and by how many caregivers it is told.

    Args:
        outcomes: in the order in which the visits were made.
        genuine_share: each caregiver's own propensity to give what is claimed, known because it was staged.
        prior: the calibration's.
        rng: of the draws of caregivers.
        resamples: how many draws.
    """
    visits = _by_caregiver(outcomes)
    told = _estimates(visits, prior, None)
    covered = [told[name].low <= genuine_share[name] <= told[name].high for name in visits]
    yield "coverage", _share(covered, rng, resamples), len(covered)
    width = [told[name].high - told[name].low for name in visits]
    yield "width", _share(width, rng, resamples), len(width)
    honest = [name for name, theirs in visits.items() if all(one.truth is Typology.GENUINE for one in theirs)]
    for about, most in BRANDED:
        early = told if most is None else _estimates(visits, prior, most)
        branded = [early[name].standing is Standing.CONCERN for name in honest]
        yield about, _share(branded, rng, resamples), len(branded)


def _by_caregiver(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    visits: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        visits[outcome.caregiver].append(outcome)
    return visits


def _estimates(visits: Mapping[str, list[Outcome]], prior: Prior, most: int | None) -> Mapping[str, Standpoint]:
    """Every caregiver's, from no more than so many of their first visits."""
    first = [outcome for theirs in visits.values() for outcome in theirs[:most]]
    suspicions = suspicion_at(np.array([outcome.weights[WHOLE].log10_lr for outcome in first]), prior)
    weighed = (_weighed(outcome, float(one)) for outcome, one in zip(first, suspicions, strict=True))
    return estimates(weighed, 1 - prior[Typology.GENUINE])


def _weighed(outcome: Outcome, suspicion: float) -> WeighedVisit:
    judged = outcome.weights[WHOLE].band is not Band.INSUFFICIENT_EVIDENCE
    return WeighedVisit(outcome.caregiver, suspicion, outcome.agency, outcome.stratum, judged)


def _share(values: Sequence[float], rng: np.random.Generator, resamples: int) -> Estimate:
    """The mean over caregivers, each being drawn or not."""
    column = np.array(values, np.float64)

    def mean(weights: Floats) -> dict[str, float]:
        return {"mean": float(column @ weights / weights.sum()) if len(column) else float("nan")}

    return with_intervals(mean, [str(number) for number in range(len(column))], rng, resamples)["mean"]
