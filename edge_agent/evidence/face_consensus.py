"""What many looks at one face amount to. Pure.

After the way Frigate names faces: looks weigh as they are good, and where they name nobody steadily, nobody is named.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import numpy as np

from edge_agent.observations import FaceObservation
from visit_record.record import OtherMatch

# Of dlib's similarity, set on all of ORL: the nearest stranger reached 0.547, the farthest own face fell to 0.458. What
# so few people can show is in models/face/CARD.md: a screen may rest on it, no decision does.
SAME_FROM = 0.55
OTHER_BELOW = 0.45


class Recognition(StrEnum):
    """What a screen may say of a check; the record carries the similarity itself, and the server weighs it."""

    EXPECTED = "expected"
    OTHER = "other"
    UNKNOWN = "unknown"


def recognise(similarity: float | None, best_other: OtherMatch | None) -> Recognition:
    """Whom a check shows. Between the two thresholds, and where another is as near, it cannot be told."""
    if similarity is None:
        return Recognition.UNKNOWN
    rival = -1.0 if best_other is None else best_other.similarity
    if similarity >= SAME_FROM and similarity > rival:
        return Recognition.EXPECTED
    if similarity < OTHER_BELOW or (rival >= SAME_FROM and similarity < SAME_FROM):
        return Recognition.OTHER
    return Recognition.UNKNOWN


def similarity_of(seen: Sequence[FaceObservation]) -> float | None:
    """Similarity to the expected caregiver."""
    return _weighted_median((one.similarity, one.quality) for one in seen)


def best_other_of(seen: Sequence[FaceObservation]) -> OtherMatch | None:
    """The other caregiver whom looks of the greatest quality together take it for.

    Looks that resemble nobody name nobody while others do. A name that less than half of the quality stands behind is
    reported with the nearness of all looks, so that one odd look brings nobody near.
    """
    named = [one for one in seen if one.best_other is not None and one.best_other_similarity is not None]
    like = [one for one in named if (one.best_other_similarity or 0.0) >= OTHER_BELOW]
    name = _heaviest(like) or _heaviest(named)
    if name is None:
        return None
    own = [one for one in named if one.best_other == name]
    behind = own if 2 * _weight(own) >= _weight(named) else named
    nearness = _weighted_median((one.best_other_similarity, one.quality) for one in behind)
    return None if nearness is None else OtherMatch(name, nearness)


def _heaviest(seen: Sequence[FaceObservation]) -> str | None:
    weights: dict[str, float] = {}
    for one in seen:
        if one.best_other is not None:
            weights[one.best_other] = weights.get(one.best_other, 0.0) + (one.quality or 0.0)
    return max(weights, key=lambda name: weights[name], default=None)


def _weight(seen: Sequence[FaceObservation]) -> float:
    return sum(one.quality or 0.0 for one in seen)


def _weighted_median(looks: Iterable[tuple[float | None, float | None]]) -> float | None:
    """Weighted by quality, so that neither one odd look nor many poor ones decide."""
    known = sorted((value, quality) for value, quality in looks if value is not None and quality is not None)
    if not known:
        return None
    reached = np.cumsum([quality for _, quality in known])
    return round(known[int(np.searchsorted(reached, reached[-1] / 2))][0], 4)
