"""What a sense could not observe, on its lane. Pure."""

from collections.abc import Iterator

from ingest_server.web.timeline import Event, Lane, Tone
from ingest_server.web.words import said
from ingest_server.words.bilingual import Words
from visit_record.record import NotObserved, VisitRecord
from visit_record.vocabulary import IntegrityKind, Modality, NotObservedReason


def lost(record: VisitRecord, modality: Modality) -> Iterator[Event]:
    """From each loss of a sensor until it came back, or the visit ended."""
    since_ms: int | None = None
    for event in sorted(record.integrity.events, key=lambda event: event.at_ms):
        if event.modality is not modality:
            continue
        if event.kind is IntegrityKind.SENSOR_LOST and since_ms is None:
            since_ms = event.at_ms
        elif event.kind is IntegrityKind.SENSOR_BACK and since_ms is not None:
            yield gap(since_ms, event.at_ms, said(IntegrityKind.SENSOR_LOST))
            since_ms = None
    if since_ms is not None:
        yield gap(since_ms, max(since_ms, record.span.check_out_ms), said(IntegrityKind.SENSOR_LOST))


def unobserved(record: VisitRecord, group: Words, modality: Modality, part: NotObserved) -> Lane:
    """The one lane of a sense that observed nothing."""
    whole = gap(record.span.check_in_ms, record.span.check_out_ms, said(part.reason))
    return Lane(group, said(modality), (whole,), said(part.reason))


def gap(begin_ms: float, end_ms: float, words: Words) -> Event:
    """A stretch in which nothing could be observed."""
    return Event(begin_ms, (end_ms - begin_ms) / 1000, Tone.GAP, words)


def coverage_note(record: VisitRecord, modality: Modality) -> Words | None:
    """How much of the visit a sense observed, where the device says so."""
    for coverage in record.integrity.coverage:
        if coverage.modality is modality:
            return share_note(coverage.observed_share, coverage.reason)
    return None


def share_note(observed: float, reason: NotObservedReason | None = None) -> Words | None:
    """The share that was observed, unless what is missing is hardly worth a word."""
    if observed >= 0.95:
        return None
    why = Words("", "") if reason is None else Words(f"，{said(reason).zh}", f", {said(reason).en}")
    return Words(f"观测到 {observed:.0%}{why.zh}", f"observed{why.en}")
