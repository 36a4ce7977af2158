"""From a visit that has ended to its record. Pure: the same inputs give the same record."""

from collections.abc import Iterator
from dataclasses import dataclass

from edge_agent.conclusions import Silence, conclude
from edge_agent.coverage import coverages
from edge_agent.errors import VisitStateError
from edge_agent.evidence.blinding import covered_at_ms, muted_at_ms
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.identity import Names
from edge_agent.observations import FaceObservation, SoundObservation
from edge_agent.perception.geodesy import Point
from edge_agent.visit_session import VisitSession
from edge_agent.visit_state import ENDINGS
from visit_record.record import SCHEMA, ChainLink, Clock, Integrity, IntegrityEvent, Span, VisitRecord, Who
from visit_record.vocabulary import IntegrityKind, Modality, NotObservedReason

# A wall clock that is off by no more than this at check-out was disciplined, not set.
CLOCK_STEP_MS = 2_000


@dataclass(frozen=True)
class Device:
    """The device as a record names it; ``site`` is the recipient's home if it is known."""

    names: Names
    boot_count: int
    software: str
    site: Point | None


@dataclass(frozen=True)
class Occasion:
    """What a session cannot know of its visit.

    ``wall_step_ms`` is how far the wall clock stood, at the end, from where it should have stood; ``silence`` says
    which senses were not used at all; ``clock_behind`` that the wall clock was wrong at check-in already.
    """

    visit_id: str
    clock: VisitClock
    wall_step_ms: int
    clock_status: Clock
    silence: Silence
    clock_behind: bool = False


def assemble(session: VisitSession, device: Device, occasion: Occasion, link: ChainLink) -> VisitRecord:
    """The record of an ended visit, at its place in the chain.

    Raises:
        VisitStateError: the visit has not ended.
    """
    if not session.course.over:
        raise VisitStateError(f"a visit that is {session.course.state} has no record yet")
    clock = occasion.clock
    concluded = conclude(session, clock, device.site, occasion.silence)
    return VisitRecord(
        schema=SCHEMA,
        iss=device.names.device,
        iat=-(-clock.utc_ms(session.course.now_ms) // 1000),
        jti=occasion.visit_id,
        ueid=device.names.ueid,
        swversion=device.software,
        bootcount=device.boot_count,
        agency=device.names.agency,
        chain=link,
        models=session.sensing.models,
        clock=occasion.clock_status,
        who=_who(session),
        span=_span(session, clock),
        where=concluded.where,
        face=concluded.face,
        voice=concluded.voice,
        occupancy=concluded.occupancy,
        sound=concluded.sound,
        services=session.course.book.services(clock),
        integrity=Integrity(
            tuple(sorted(_events(session, occasion), key=lambda event: event.at_ms)),
            coverages(session, clock, concluded, occasion.silence),
        ),
        commitment=session.journal.commitment(),
    )


def _who(session: VisitSession) -> Who:
    """The way in is the last that was taken: whoever was not recognised may have shown a code afterwards."""
    told = session.check_in
    return Who(told.caregiver, told.recipient, told.order, told.consents, session.course.method)


def _span(session: VisitSession, clock: VisitClock) -> Span:
    check_out_ms = clock.utc_ms(clock.check_out_monotonic_ms)
    return Span(clock.check_in_utc_ms, check_out_ms, clock.duration_s, ENDINGS[session.course.state])


def _events(session: VisitSession, occasion: Occasion) -> Iterator[IntegrityEvent]:
    clock = occasion.clock
    for lost in session.lost.told:
        # What was switched off is not lost; the evidence says that it was off.
        if lost.reason is NotObservedReason.SENSOR_FAULT:
            yield IntegrityEvent(IntegrityKind.SENSOR_LOST, clock.utc_ms(lost.at_ms), lost.modality)
    for back in session.befallings.back:
        yield IntegrityEvent(IntegrityKind.SENSOR_LOST, clock.utc_ms(back.silent_since_ms), back.modality)
        yield IntegrityEvent(IntegrityKind.SENSOR_BACK, clock.utc_ms(back.at_ms), back.modality)
    for sensor, since_ms in session.befallings.silent_still(session.course.ended_ms):
        if not session.lost.has(sensor):
            yield IntegrityEvent(IntegrityKind.SENSOR_LOST, clock.utc_ms(since_ms), sensor)
    yield from _blindings(session, clock)
    for moved_ms in _moved_ms(session):
        yield IntegrityEvent(IntegrityKind.DEVICE_MOVED, clock.utc_ms(moved_ms), None)
    if session.befallings.power_lost_at_ms is not None:
        yield IntegrityEvent(IntegrityKind.POWER_LOSS, clock.utc_ms(session.befallings.power_lost_at_ms), None)
    yield from _clock_steps(session, occasion)


def _moved_ms(session: VisitSession) -> Iterator[int]:
    """When the device was moved: by what notices that, and by its position."""
    yield from session.befallings.moved_ms
    if session.befallings.carried_off_ms is not None:
        yield session.befallings.carried_off_ms


def _clock_steps(session: VisitSession, occasion: Occasion) -> Iterator[IntegrityEvent]:
    """When the clock was set, where it was watched; else at the end of the visit, where it was noticed."""
    clock = occasion.clock
    if occasion.clock_behind:
        # A clock without a battery begins anew at each start: the chain, not the time, says which visit came first.
        yield IntegrityEvent(IntegrityKind.CLOCK_STEP, clock.check_in_utc_ms, None)
    noticed_ms = [clock.check_out_monotonic_ms] if abs(occasion.wall_step_ms) > CLOCK_STEP_MS else []
    for stepped_ms in session.befallings.clock_stepped_ms or noticed_ms:
        yield IntegrityEvent(IntegrityKind.CLOCK_STEP, clock.utc_ms(stepped_ms), None)


def _blindings(session: VisitSession, clock: VisitClock) -> Iterator[IntegrityEvent]:
    covered_ms = covered_at_ms(session.observations(FaceObservation))
    if covered_ms is not None:
        yield IntegrityEvent(IntegrityKind.CAMERA_COVERED, clock.utc_ms(covered_ms), Modality.FACE)
    muted_ms = muted_at_ms(session.observations(SoundObservation))
    if muted_ms is not None:
        yield IntegrityEvent(IntegrityKind.MICROPHONE_MUTED, clock.utc_ms(muted_ms), Modality.SOUND)
