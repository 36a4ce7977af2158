"""What befell the device itself, as far as it notices: the same that :mod:`edge_agent.assembly` tells. Pure."""

from collections.abc import Iterator

from edge_agent.evidence.blinding import MUTED_MS
from sim.history.faces import Moment
from sim.history.watch import Watch, Watches
from sim.script import VisitScript
from visit_record.record import IntegrityEvent
from visit_record.vocabulary import IntegrityKind, Modality

# What somebody does and the device cannot but notice. That it is carried about no sensor of its own tells.
NOTICED = (IntegrityKind.POWER_LOSS, IntegrityKind.CLOCK_STEP)


def events_of(script: VisitScript, watches: Watches, looks: list[Moment]) -> tuple[IntegrityEvent, ...]:
    """In order of time: sensors lost and back, a camera found covered, a microphone found muted, power and clock."""
    told = [*_of_sensors(script, watches), *_of_blinding(script, watches, looks), *_of_deeds(script)]
    return tuple(sorted(told, key=lambda event: event.at_ms))


def _of_sensors(script: VisitScript, watches: Watches) -> Iterator[IntegrityEvent]:
    for sensor, at_s in watches.lost():
        yield _event(IntegrityKind.SENSOR_LOST, script, at_s, sensor)
    for sensor, (since_s, at_s) in watches.back():
        yield _event(IntegrityKind.SENSOR_LOST, script, since_s, sensor)
        yield _event(IntegrityKind.SENSOR_BACK, script, at_s, sensor)


def _of_blinding(script: VisitScript, watches: Watches, looks: list[Moment]) -> Iterator[IntegrityEvent]:
    """Only of a sense that worked before, and found where it next gave nothing."""
    camera, microphone = watches.read(Modality.FACE), watches.of[Modality.SOUND]
    covered_s = None if camera is None else _covered_s(camera, looks)
    if covered_s is not None:
        yield _event(IntegrityKind.CAMERA_COVERED, script, covered_s, Modality.FACE)
    for start_s, end_s in microphone.blind if microphone.silent is None else ():
        if start_s > 0 and 1000 * (min(end_s, script.duration_s) - start_s) >= MUTED_MS:
            yield _event(IntegrityKind.MICROPHONE_MUTED, script, start_s, Modality.SOUND)
            return


def _covered_s(camera: Watch, looks: list[Moment]) -> float | None:
    saw = False
    for _, at_s in looks:
        if camera.misses(at_s):
            continue
        if saw and camera.is_blind(at_s):
            return at_s
        saw = saw or not camera.is_blind(at_s)
    return None


def _of_deeds(script: VisitScript) -> Iterator[IntegrityEvent]:
    """A clock that was set is noticed at the end of the visit; nobody knows when it was. However often, it is once."""
    for kind in NOTICED:
        at_s = min((deed.at_s for deed in script.deeds if deed.kind is kind), default=None)
        if at_s is not None and at_s <= script.duration_s:
            yield _event(kind, script, script.duration_s if kind is IntegrityKind.CLOCK_STEP else at_s, None)


def _event(kind: IntegrityKind, script: VisitScript, at_s: float, sensor: Modality | None) -> IntegrityEvent:
    return IntegrityEvent(kind, script.started_at_ms + round(1000 * at_s), sensor)
