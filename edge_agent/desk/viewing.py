"""From a visit that is under way to what a screen may see of it. Pure."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from edge_agent.check_plan import CheckWindow
from edge_agent.consent import Permissions, sensor_of
from edge_agent.desk.view import (
    ItemView,
    LookView,
    OrderView,
    PlaceView,
    SenseState,
    SenseView,
    VisitView,
)
from edge_agent.evidence.face_consensus import Recognition, best_other_of, recognise, similarity_of
from edge_agent.observations import (
    FaceObservation,
    OccupancyObservation,
    PositionObservation,
    SoundObservation,
    VoiceObservation,
)
from edge_agent.perception.geodesy import Point, distance_m
from edge_agent.perception.movements import Step
from edge_agent.perception.position import point_of
from edge_agent.service_book import ItemEntry, Standing
from edge_agent.visit_session import VisitSession
from visit_record.fitted import Fault
from visit_record.vocabulary import CheckMoment, IdentityMethod, Modality, NotObservedReason, SoundCue

# A window of sound that is no more certain than this names nothing.
HEARD_FROM = 0.5
_UNTOUCHED = ItemEntry(Standing.OPEN, 0, None)


@dataclass(frozen=True)
class Fitted:
    """What this device has: its sensors, the home that it is in, where that is known, and whether it has a mirror."""

    sensors: Set[Modality]
    site: Point | None = None
    mirror: bool = True

    def why_unused(self, sense: Modality, permissions: Permissions) -> NotObservedReason | None:
        """Why a sense is not used in a visit; consent comes before the want of a sensor."""
        absent = None if sensor_of(sense) in self.sensors else NotObservedReason.SENSOR_ABSENT
        return permissions.why_not(sense) or absent


def visit_view(
    session: VisitSession, order: OrderView, began_ms: int, fitted: Fitted, ways: Sequence[IdentityMethod]
) -> VisitView:
    """A visit as it stands; ``began_ms`` is the wall clock at check-in."""
    look = _look(session, fitted)
    return VisitView(
        order=order,
        state=session.course.state,
        began_ms=began_ms,
        elapsed_s=max(0, (session.course.ended_ms - session.check_in.at_ms) // 1000),
        method=session.course.method,
        ways=tuple(ways),
        look=look,
        place=_place(session, fitted.site),
        senses=tuple(_senses(session, fitted)),
        items=tuple(_items(session, order)),
        was_recognised=look is None and _was_recognised(session),
    )


def mirrored_look(session: VisitSession, fitted: Fitted) -> CheckWindow | None:
    """The look in which a screen may show what the camera sees now: none in care, none of a camera that has a fault."""
    window = _look_at_people(session, fitted) if fitted.mirror and not session.course.over else None
    lit = window is not None and window.holds(session.course.now_ms) and _fault_of(Modality.FACE, session) is None
    return window if lit else None


def _look_at_people(session: VisitSession, fitted: Fitted) -> CheckWindow | None:
    """The latest look at whoever checks in or out; none where the camera is not used."""
    if _state_of(Modality.FACE, session, fitted)[0] in {SenseState.UNUSED, SenseState.LOST}:
        return None
    return next(one for one in reversed(session.windows()) if one.moment is not CheckMoment.DURING)


def _look(session: VisitSession, fitted: Fitted) -> LookView | None:
    window = _look_at_people(session, fitted)
    if window is None:
        return None
    seen = _seen_in(window, session)
    step, number, steps = _asked(window, session.course.now_ms)
    return LookView(
        looking=window.holds(session.course.now_ms),
        step=step,
        number=number,
        steps=steps,
        recognition=_recognition(seen),
        flaw=seen[-1].flaw if seen else None,
        looks_left=session.looks.left,
        mirrored=mirrored_look(session, fitted) is not None,
    )


def _was_recognised(session: VisitSession) -> bool:
    looks = (_seen_in(one, session) for one in session.windows() if one.moment is CheckMoment.CHECK_IN)
    return any(_recognition(seen) is Recognition.EXPECTED for seen in looks)


def _seen_in(window: CheckWindow, session: VisitSession) -> list[FaceObservation]:
    return [one for one in session.observations(FaceObservation) if window.holds(one.at_ms)]


def _recognition(seen: Sequence[FaceObservation]) -> Recognition | None:
    return recognise(similarity_of(seen), best_other_of(seen)) if any(one.faces for one in seen) else None


def _asked(window: CheckWindow, now_ms: int) -> tuple[Step | None, int, int]:
    asks = list(window.challenge.asks(window.asked_at_ms)) if window.challenge else []
    for number, asked in enumerate(asks, 1):
        if asked.start_ms <= now_ms < asked.end_ms:
            return asked.step, number, len(asks)
    return None, 0, len(asks)


def _place(session: VisitSession, site: Point | None) -> PlaceView | None:
    seen = session.latest(PositionObservation)
    if seen is None:
        return None
    point = point_of(seen)
    away_m = distance_m(point, site) if point and site else None
    return PlaceView(seen.fix_type, seen.satellites or None, seen.accuracy_m, away_m)


def _senses(session: VisitSession, fitted: Fitted) -> Iterator[SenseView]:
    for sense in Modality:
        state, reason = _state_of(sense, session, fitted)
        # Of what nobody allows, or allows any more, nothing is wrong.
        closed = state is SenseState.UNUSED or reason is NotObservedReason.CONSENT_WITHHELD
        fault = None if closed else _fault_of(sense, session)
        yield _told(SenseView(sense, state, reason, fault=fault), session)


def _fault_of(sense: Modality, session: VisitSession) -> Fault | None:
    return session.befallings.faults.get(sensor_of(sense))


def _state_of(sense: Modality, session: VisitSession, fitted: Fitted) -> tuple[SenseState, NotObservedReason | None]:
    unused = fitted.why_unused(sense, Permissions.of(session.check_in.consents))
    if unused is not None:
        return SenseState.UNUSED, unused
    lost = session.lost.why(sense)
    if lost is not None:
        return SenseState.LOST, lost
    says = session.latest(_SAYS[sense]) is not None and _fault_of(sense, session) is None
    return (SenseState.SENSING if says else SenseState.WAITING), None


_SAYS: dict[
    Modality,
    type[FaceObservation | VoiceObservation | SoundObservation | OccupancyObservation | PositionObservation],
] = {
    Modality.FACE: FaceObservation,
    Modality.VOICE: VoiceObservation,
    Modality.SOUND: SoundObservation,
    Modality.THERMAL: OccupancyObservation,
    Modality.POSITION: PositionObservation,
}


def _told(view: SenseView, session: VisitSession) -> SenseView:
    if view.state is not SenseState.SENSING:
        return view
    match session.latest(_SAYS[view.modality]):
        case FaceObservation(faces=faces):
            return SenseView(view.modality, view.state, faces=faces)
        case SoundObservation() as heard:
            return SenseView(view.modality, view.state, cue=_cue(heard))
        case OccupancyObservation(people=people, bed_occupied=bed):
            return SenseView(view.modality, view.state, people=people, bed_occupied=bed)
        case PositionObservation(fix_type=fix):
            return SenseView(view.modality, view.state, fix=fix)
        case _:
            return view


def _cue(heard: SoundObservation) -> SoundCue | None:
    likeliest = max(SoundCue, key=heard.probability)
    return likeliest if heard.probability(likeliest) >= HEARD_FROM else None


def _items(session: VisitSession, order: OrderView) -> Iterator[ItemView]:
    entries = session.course.book.entries(session.course.now_ms)
    for item in dict.fromkeys((*order.items, *entries)):
        entry = entries.get(item, _UNTOUCHED)
        yield ItemView(item, entry.standing, entry.given_ms // 1000, entry.reason, item in order.items)
