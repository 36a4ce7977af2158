"""What the looks into the camera amount to: one check for each of them. Pure."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from edge_agent.evidence.face_consensus import best_other_of, similarity_of
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import FaceObservation
from edge_agent.perception.challenge import Challenge
from edge_agent.perception.liveness import liveness_of
from visit_record.record import FaceCheck, FaceEvidence, Liveness, NotObserved
from visit_record.vocabulary import CheckMoment, NotObservedReason

# Keeps the record of a visit of any length under its 64 KiB: about 300 bytes each.
MOST_CHECKS = 28


class Window(Protocol):
    """A stretch of monotonic time, its end excluded, in which the camera was looked at."""

    @property
    def moment(self) -> CheckMoment:
        """When in the visit it is."""
        ...

    @property
    def start_ms(self) -> int:
        """Its first millisecond."""
        ...

    @property
    def end_ms(self) -> int:
        """The first millisecond after it."""
        ...

    @property
    def challenge(self) -> Challenge | None:
        """What the face was asked for."""
        ...

    @property
    def asked_at_ms(self) -> int:
        """When the first step of that was asked."""
        ...


def face_evidence(
    observations: Sequence[FaceObservation], visit: VisitClock, check_windows: Sequence[Window]
) -> FaceEvidence | NotObserved:
    """One check for each window in which the camera gave a frame, at most 28: then windows are left out evenly.

    A window with frames but without a face is a check with ``faces`` 0. No frame in any window is
    ``too_little_signal``.
    """
    looks = [(window, _within(observations, window)) for window in check_windows]
    checks = [_check(window, seen, visit) for window, seen in looks if seen]
    if not checks:
        return NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
    return FaceEvidence(_thinned(checks))


def _within(observations: Sequence[FaceObservation], window: Window) -> list[FaceObservation]:
    return [seen for seen in observations if window.start_ms <= seen.at_ms < window.end_ms]


def _check(window: Window, seen: Sequence[FaceObservation], visit: VisitClock) -> FaceCheck:
    best = max(seen, key=lambda one: one.quality or 0.0)
    qualities = [one.quality for one in seen if one.quality is not None]
    return FaceCheck(
        moment=window.moment,
        at_ms=visit.utc_ms(best.at_ms),
        frames=len(seen),
        faces=max(one.faces for one in seen),
        similarity=similarity_of(seen),
        quality=round(float(np.median(qualities)), 4) if qualities else None,
        best_other=best_other_of(seen),
        liveness=_liveness(window, seen),
    )


def _liveness(window: Window, seen: Sequence[FaceObservation]) -> Liveness | NotObserved:
    """Nobody is asked for anything while they work."""
    if window.moment is CheckMoment.DURING:
        return NotObserved(NotObservedReason.NOT_ASKED)
    return liveness_of(seen, window.challenge, window.asked_at_ms)


def _thinned(checks: Sequence[FaceCheck]) -> tuple[FaceCheck, ...]:
    """First and last always stay."""
    kept = np.linspace(0, len(checks) - 1, min(len(checks), MOST_CHECKS)).round().astype(int)
    return tuple(checks[index] for index in kept.tolist())
