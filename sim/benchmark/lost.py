"""What lost senses do: to honest caregivers, and to what can be found. Pure.

Families of figures, as those of :mod:`sim.benchmark.families`.
"""

from collections.abc import Iterator

from sim.benchmark.aims import FALSE_ALARMS
from sim.benchmark.cllr import Cost, Floats
from sim.benchmark.detection import HonestScores, share_above
from sim.benchmark.families import Told
from sim.benchmark.outcome import WHOLE, Missing, Weighings
from sim.benchmark.weighing import ONE_LEFT, ONE_MISSING, TWO_MISSING


class LostSenses:
    """False alarms among the very same honest visits with senses taken away, against those with all of them."""

    def __init__(self, seen: Weighings) -> None:
        self._honest = HonestScores(seen.scores(), seen.honest)
        self._these = seen.complete_honest
        self._whole = seen.scores()[self._these]
        self._scores = {missing: seen.scores(missing)[self._these] for missing in (*ONE_MISSING, *TWO_MISSING)}
        self._review = {missing: seen.doubted(missing)[self._these] for missing in (WHOLE, *ONE_MISSING, *TWO_MISSING)}

    def __call__(self, weights: Floats) -> Iterator[Told]:
        """The figures of one draw."""
        limit, here = self._honest.limit(weights, FALSE_ALARMS), weights[self._these]
        for missing, scores in self._scores.items():
            group = "missing_one" if len(missing) == 1 else "missing_two"
            at_limit = _ratio(here[scores > limit], here[self._whole > limit], here)
            at_review = _ratio(here[self._review[missing]], here[self._review[WHOLE]], here)
            yield Told(group, name_of(missing), at_limit, here.sum())
            yield Told(f"{group}_review", name_of(missing), at_review, here.sum())


class Worth:
    """What each sense is worth: recall and cost without it, and with it alone; thresholds set anew (decision 17)."""

    def __init__(self, seen: Weighings) -> None:
        self._faked = ~seen.honest
        # Left with one sense alone, too little is observed for a verdict: the ratio itself is looked at.
        ways = {"all senses": (seen.scores(), WHOLE)}
        ways |= {f"without {name_of(way)}": (seen.scores(way), way) for way in ONE_MISSING}
        ways |= {
            f"{left[0]} alone": (seen.log10_lrs(way), way) for left, way in zip(ONE_MISSING, ONE_LEFT, strict=True)
        }
        self._ways = {
            name: (HonestScores(scores, seen.honest), scores[self._faked], Cost(seen.log10_lrs(way), self._faked))
            for name, (scores, way) in ways.items()
        }

    def __call__(self, weights: Floats) -> Iterator[Told]:
        """The figures of one draw."""
        faked = weights[self._faked]
        for name, (honest, scores, cost) in self._ways.items():
            recall = share_above(scores, faked, honest.limit(weights, FALSE_ALARMS))
            yield Told("worth_recall", name, recall, faked.sum())
            yield Told("worth_cllr", name, cost.of(weights), weights.sum())


def name_of(missing: Missing) -> str:
    """Senses as one word."""
    return "+".join(missing)


def _ratio(more: Floats, usual: Floats, all_visits: Floats) -> float:
    """Half a visit is added to both counts, so that none against none is 1; NaN where there are no visits."""
    return float((more.sum() + 0.5) / (usual.sum() + 0.5)) if all_visits.any() else float("nan")
