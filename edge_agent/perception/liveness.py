"""Whether a living head stood before the camera in one check: what was asked of it, and what speaks against it. Pure.

A check for which a challenge was drawn is judged by that; a replay of pictures, where nobody could be asked for
anything, by whether the head turned at all. A picture keeps the nose where it is between the jaw's sides but for
perspective, bending and the landmarks' own noise. A screen that plays the right movements makes them: what speaks
against such a one is that no face's warmth is there, MiniFASNet, and the grid of its display.
"""

from collections.abc import Sequence
from statistics import fmean, median

import numpy as np

from edge_agent.observations import FaceObservation
from edge_agent.perception.challenge import Challenge, judge
from visit_record.record import Liveness, NotObserved
from visit_record.vocabulary import LivenessMethod, NotObservedReason

# Between what tilted prints reach (0.07) and what turning heads reach (0.11 and more) on staged, synthetic movement of
# two portraits. Not yet measured on people.
LEAST_TRAVEL = 0.085
LEAST_FRAMES = 6
# A tenth of the frames at each end may be landmarks gone astray.
ASTRAY = 0.1

# From here on each speaks against life: chosen on staged presentations of one portrait (models/liveness).
LEAST_WARM_SHARE = 0.2
LEAST_LIVE_PROBABILITY = 0.2
MOST_GRID = 4.6
LEAST_WARMTHS, LEAST_PROBABILITIES = 4, 3


def liveness_of(
    observations: Sequence[FaceObservation], challenge: Challenge | None = None, asked_at_ms: int = 0
) -> Liveness | NotObserved:
    """Judge the looks of one check.

    Whoever failed at what was asked has failed by that; what else speaks against life counts where nothing was failed.
    """
    asked = head_turn(observations) if challenge is None else judge(challenge, asked_at_ms, observations)
    if isinstance(asked, Liveness) and not asked.passed:
        return asked
    return cool_face(observations) or antispoof(observations) or texture(observations) or asked


def head_turn(observations: Sequence[FaceObservation]) -> Liveness | NotObserved:
    """Judge one check: ``score`` is how far the nose travelled, in widths of the jaw.

    Fewer than six frames with landmarks are too little to tell.
    """
    yaws = [seen.yaw for seen in observations if seen.yaw is not None]
    if len(yaws) < LEAST_FRAMES:
        return NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
    least, most = np.quantile(yaws, [ASTRAY, 1 - ASTRAY])
    travel = float(most - least)
    return Liveness(LivenessMethod.HEAD_TURN, travel >= LEAST_TRAVEL, round(travel, 4))


def cool_face(observations: Sequence[FaceObservation]) -> Liveness | None:
    """A face no warmer than the room: ``score`` is the share with warmth of the looks that could tell."""
    told = [seen.warm for seen in observations if seen.warm is not None]
    share = fmean(told) if told else 1.0
    against = len(told) >= LEAST_WARMTHS and share < LEAST_WARM_SHARE
    return Liveness(LivenessMethod.WARM_FACE, False, round(share, 4)) if against else None


def antispoof(observations: Sequence[FaceObservation]) -> Liveness | None:
    """A face that MiniFASNet takes for a picture: ``score`` is its mean probability of life."""
    told = [seen.live_probability for seen in observations if seen.live_probability is not None]
    against = len(told) >= LEAST_PROBABILITIES and fmean(told) < LEAST_LIVE_PROBABILITY
    return Liveness(LivenessMethod.ANTISPOOF, False, round(fmean(told), 4)) if against else None


def texture(observations: Sequence[FaceObservation]) -> Liveness | None:
    """A face with a display's or a print's grid on it: ``score`` is how far that stands out, the looks' median."""
    told = [seen.grid for seen in observations if seen.grid is not None]
    against = len(told) >= LEAST_FRAMES and median(told) > MOST_GRID
    return Liveness(LivenessMethod.TEXTURE, False, round(median(told), 4)) if against else None
