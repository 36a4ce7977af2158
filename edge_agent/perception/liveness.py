"""Whether a living head stood before the camera: it was asked to turn, and its nose must travel as a nose does. Pure.

A picture, however it is bent to the camera, keeps the nose where it is between the jaw's sides but for perspective and
the landmarks' own noise. A screen that plays a turning head passes.
"""

from collections.abc import Sequence

import numpy as np

from edge_agent.observations import FaceObservation
from visit_record.record import Liveness, NotObserved
from visit_record.vocabulary import LivenessMethod, NotObservedReason

# Between what tilted prints reach (0.07) and what turning heads reach (0.11 and more) on staged, synthetic movement of
# two portraits. Not yet measured on people.
LEAST_TRAVEL = 0.085
LEAST_FRAMES = 6
# A tenth of the frames at each end may be landmarks gone astray.
ASTRAY = 0.1


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
