"""How much of a visit each sense could observe, and why not the rest. Pure."""

from collections.abc import Sequence

from edge_agent.conclusions import Conclusions, Silence
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import FaceObservation, PositionObservation
from edge_agent.perception.position import point_of
from edge_agent.visit_session import VisitSession
from visit_record.record import Coverage, NotObserved, OccupancyEvidence, SoundEvidence
from visit_record.vocabulary import Modality, NotObservedReason

# A fix speaks for this long; receivers tell one a second.
FIX_HOLDS_MS = 10_000
# What is missing beyond this is a sense's own windows and start-up, and needs no reason.
NEARLY_ALL = 0.95


def coverages(
    session: VisitSession, visit: VisitClock, concluded: Conclusions, silence: Silence
) -> tuple[Coverage, ...]:
    """One coverage for each sense, in the vocabulary's order.

    A camera is only looked at in its windows: its share is that of windows with a picture.
    """
    return tuple(_coverage(sense, session, visit, concluded, silence) for sense in Modality)


def _coverage(
    sense: Modality, session: VisitSession, visit: VisitClock, concluded: Conclusions, silence: Silence
) -> Coverage:
    if sense in silence:
        return Coverage(sense, 0.0, silence[sense])
    share = round(_share(sense, session, visit, concluded), 4)
    taken_back = session.lost.why(sense) is NotObservedReason.CONSENT_WITHHELD
    # However little of the visit was left: that a consent was taken back is told nowhere else.
    return Coverage(sense, share, _why(sense, session, concluded) if share < NEARLY_ALL or taken_back else None)


def _share(sense: Modality, session: VisitSession, visit: VisitClock, concluded: Conclusions) -> float:
    match sense:
        case Modality.FACE:
            return _share_of_windows(session)
        case Modality.VOICE:
            # The microphone hears on where it is the voice's model that could not be loaded.
            compared = not any(lost.modality is Modality.VOICE for lost in session.lost.told)
            return visit.share_of_visit(session.sensing.heard_ms / 1000) if compared else 0.0
        case Modality.SOUND:
            return concluded.sound.coverage if isinstance(concluded.sound, SoundEvidence) else 0.0
        case Modality.THERMAL:
            return concluded.occupancy.coverage if isinstance(concluded.occupancy, OccupancyEvidence) else 0.0
        case Modality.POSITION:
            return _share_with_fix(session.observations(PositionObservation), visit)


def _why(sense: Modality, session: VisitSession, concluded: Conclusions) -> NotObservedReason:
    why_lost = session.lost.why(sense)
    if why_lost is not None:
        return why_lost
    part = _part(sense, concluded)
    if isinstance(part, NotObserved):
        return part.reason
    return NotObservedReason.NO_SATELLITES if sense is Modality.POSITION else NotObservedReason.SENSOR_FAULT


def _part(sense: Modality, concluded: Conclusions) -> object:
    return {
        Modality.FACE: concluded.face,
        Modality.VOICE: concluded.voice,
        Modality.SOUND: concluded.sound,
        Modality.THERMAL: concluded.occupancy,
        Modality.POSITION: concluded.where.check_in,
    }[sense]


def _share_of_windows(session: VisitSession) -> float:
    windows, seen = session.windows(), session.observations(FaceObservation)
    looked = sum(any(window.holds(look.at_ms) for look in seen) for window in windows)
    return looked / len(windows)


def _share_with_fix(seen: Sequence[PositionObservation], visit: VisitClock) -> float:
    fixed_ms = [look.at_ms for look in seen if point_of(look) and visit.holds(look.at_ms)]
    ends_ms = [*fixed_ms, visit.check_out_monotonic_ms][1:]
    held_ms = sum(min(end - start, FIX_HOLDS_MS) for start, end in zip(fixed_ms, ends_ms, strict=True))
    return visit.share_of_visit(held_ms / 1000)
