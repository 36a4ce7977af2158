"""All figures of one run, from what became of its visits. Pure, seeded."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ingest_server.rules.rule_set import RuleSet
from ingest_server.rules.thresholds import strongest_cue
from ingest_server.scoring.calibration import Calibration
from sim.benchmark.aims import FALSE_ALARMS, aim_of
from sim.benchmark.cllr import Floats, Reliability
from sim.benchmark.detection import HonestScores, share_above
from sim.benchmark.families import Bands, Calibrated, Detection, Family
from sim.benchmark.intervals import Estimate, estimates
from sim.benchmark.lost import LostSenses, Worth
from sim.benchmark.outcome import Weighings
from sim.benchmark.priors import suspicion_at, weights_at
from sim.benchmark.result import Aim, Cue, CurvePoint, Figure, ReliabilityPoint
from visit_record.vocabulary import Typology

CURVE_AT = tuple(float(share) for share in np.logspace(-4, 0, 41))
RELIABILITY_EDGES = np.array([0, 1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999, 1.0])


def figures_of(
    seen: Weighings,
    calibration: Calibration,
    rng: np.random.Generator,
    resamples: int,
    progress: Callable[[], None] = lambda: None,
) -> Iterator[Figure]:
    """Every figure with its aim and its interval over caregivers."""
    families: list[Family] = [
        Detection(seen),
        Calibrated(seen, calibration.prior),
        LostSenses(seen),
        Bands(seen),
        Worth(seen),
    ]

    everyone = np.ones(len(seen.outcomes))
    visits = {(one.group, one.about): round(one.visits) for family in families for one in family(everyone)}

    def told(weights: Floats) -> dict[tuple[str, str], float]:
        if not weights[seen.honest].any() or not weights[~seen.honest].any():
            return dict.fromkeys(visits, float("nan"))
        return {(one.group, one.about): one.value for family in families for one in family(weights)}

    for (group, about), estimate in estimates(told, seen.caregivers, rng, resamples, progress).items():
        yield figure(group, about, estimate, visits[group, about], aim_of(group, about))


def figure(group: str, about: str, estimate: Estimate, visits: int, aim: Aim | None) -> Figure:
    """A figure held against its aim."""
    met = None if aim is None or estimate.value is None else aim.met_by(estimate.value)
    return Figure(group, about, estimate.value, estimate.low, estimate.high, visits, aim, met)


def cue_figures(calibration: Calibration, rules: RuleSet, cues: Sequence[Cue]) -> Iterator[Figure]:
    """The suspicion that the worst single cue can lead to, and did, against the threshold that it must not reach."""
    cue, most = strongest_cue(calibration, rules)
    seen = max((one.seen for one in cues if one.seen is not None), default=None)
    aim = Aim(at_most=rules.thresholds.review)
    for about, value in ((f"{cue}: worst value", most), ("worst value met with", seen)):
        met = None if value is None else value < rules.thresholds.review
        yield Figure("cue", about, value, None, None, 0, aim, met)


def named_first(seen: Weighings) -> dict[Typology, dict[Typology, int]]:
    """Truth, and what was named first, of the faked visits caught."""
    scores = seen.scores()
    limit = HonestScores(scores, seen.honest).limit(np.ones(len(scores)), FALSE_ALARMS)
    caught = [outcome for outcome, score in zip(seen.outcomes, scores, strict=True) if score > limit]
    return {t: dict(sorted(Counter(o.leading for o in caught if o.truth is t).items())) for t in seen.typologies}


def curves_of(seen: Weighings) -> dict[Typology, tuple[CurvePoint, ...]]:
    """The detection curve of each typology."""
    scores = seen.scores()
    honest, even = HonestScores(scores, seen.honest), np.ones(len(scores))
    limits = [(share, honest.limit(even, share)) for share in CURVE_AT]
    return {
        typology: tuple(CurvePoint(share, share_above(scores[these], even[these], limit)) for share, limit in limits)
        for typology in seen.typologies
        for these in [seen.of(typology)]
    }


def reliability_of(
    seen: Weighings, calibration: Calibration, rng: np.random.Generator, resamples: int
) -> tuple[ReliabilityPoint, ...]:
    """Said and found probability at the calibration's prior; a bin without visits is left out."""
    suspicion = suspicion_at(seen.log10_lrs(), calibration.prior)
    diagram = Reliability(suspicion, ~seen.honest, RELIABILITY_EDGES)

    def found(weights: Floats) -> dict[int, float]:
        bins = diagram.bins(weights_at(seen, calibration.prior, weights))
        return {number: float("nan") if one is None else one.found for number, one in enumerate(bins)}

    told = estimates(found, seen.caregivers, rng, resamples)
    bins = diagram.bins(weights_at(seen, calibration.prior, np.ones(len(suspicion))))
    return tuple(
        ReliabilityPoint(one.said, one.found, told[number].low, told[number].high, one.visits)
        for number, one in enumerate(bins)
        if one is not None
    )
