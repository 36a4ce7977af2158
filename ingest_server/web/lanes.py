"""A visit record as lanes of events. Pure; it judges nothing that the scoring has not judged already."""

from collections.abc import Iterator
from datetime import tzinfo

from ingest_server.rules.limits import Limits
from ingest_server.web.lane_gaps import lost
from ingest_server.web.lanes_identity import face_lane, voice_lane
from ingest_server.web.lanes_room import room_lanes, sound_lanes
from ingest_server.web.timeline import Event, Lane, Timeline, Tone, draw
from ingest_server.web.words import said, said_of_item
from ingest_server.words.bilingual import Words
from visit_record.record import Fix, NotObserved, VisitRecord
from visit_record.vocabulary import DEEDS, CheckMoment, IntegrityKind, Modality

VISIT, CLAIMS, DEVICE = Words("服务", "Visit"), Words("申报", "Claims"), Words("设备", "Device")
# A plan longer than this would leave the visit itself too narrow to read.
_LONGEST_PLAN_S = 12 * 3600


def timeline(record: VisitRecord, limits: Limits, zone: tzinfo) -> Timeline:
    """The whole drawing of a record; what counts as low or far is the rules' own bound."""
    return draw(lanes_of(record, limits), record.span.check_in_ms, record.span.check_out_ms, zone)


def lanes_of(record: VisitRecord, limits: Limits) -> Iterator[Lane]:
    """Every lane, from the plan down to the device's own troubles."""
    yield from _visit(record, limits.site_excess_most_m)
    yield face_lane(record, limits)
    yield voice_lane(record, limits)
    yield from room_lanes(record)
    yield from sound_lanes(record)
    yield from _claims(record)
    yield _device(record)


def _visit(record: VisitRecord, most_excess_m: float) -> Iterator[Lane]:
    if plan := _plan(record):
        yield Lane(VISIT, Words("计划", "Planned"), (plan,))
    span = record.span
    whole = Event(span.check_in_ms, (span.check_out_ms - span.check_in_ms) / 1000, Tone.SEEN, said(span.ending))
    yield Lane(VISIT, Words("签到至签退", "Check-in to check-out"), (whole,))
    fixes = (
        _fix(record.where.check_in, CheckMoment.CHECK_IN, span.check_in_ms, most_excess_m),
        _fix(record.where.check_out, CheckMoment.CHECK_OUT, span.check_out_ms, most_excess_m),
    )
    yield Lane(VISIT, said(Modality.POSITION), (*lost(record, Modality.POSITION), *fixes))


def _plan(record: VisitRecord) -> Event | None:
    order, span = record.who.order, record.span
    if order is None or order.planned_duration_s > _LONGEST_PLAN_S:
        return None
    event = Event(order.planned_start_ms, order.planned_duration_s, Tone.SAID, Words("计划时段", "planned"))
    return event if event.at_ms <= span.check_out_ms and event.end_ms >= span.check_in_ms else None


def _fix(fix: Fix | NotObserved, moment: CheckMoment, visit_ms: int, most_excess_m: float) -> Event:
    name = said(moment)
    if isinstance(fix, NotObserved):
        reason = said(fix.reason)
        return Event(visit_ms, None, Tone.GAP, Words(f"{name.zh}：{reason.zh}", f"{name.en}: {reason.en}"))
    if fix.distance_to_site_m is None:
        return Event(fix.at_ms, None, Tone.UNCLEAR, Words(f"{name.zh}：住所位置未知", f"{name.en}: home not known"))
    words = Words(
        f"{name.zh}：离住所 {fix.distance_to_site_m:.0f} 米", f"{name.en}: {fix.distance_to_site_m:.0f} m from the home"
    )
    if fix.accuracy_m is None:
        return Event(fix.at_ms, None, Tone.UNCLEAR, Words(f"{words.zh}，精度未知", f"{words.en}, accuracy not known"))
    excess_m = fix.distance_to_site_m - fix.accuracy_m
    return Event(fix.at_ms, None, Tone.AGAINST if excess_m > most_excess_m else Tone.SEEN, words)


def _claims(record: VisitRecord) -> Iterator[Lane]:
    for item in dict.fromkeys(claim.item for claim in record.services.claimed):
        events = tuple(
            Event(claim.started_at_ms, claim.duration_s, Tone.SAID, Words("申报", "claimed"))
            for claim in record.services.claimed
            if claim.item == item
        )
        yield Lane(CLAIMS, said_of_item(item), events)


def _device(record: VisitRecord) -> Lane:
    events = tuple(
        Event(
            event.at_ms, None, Tone.AGAINST if event.kind in DEEDS else Tone.UNCLEAR, _with(event.kind, event.modality)
        )
        for event in record.integrity.events
    )
    return Lane(DEVICE, Words("完整性事件", "Integrity events"), events)


def _with(kind: IntegrityKind, modality: Modality | None) -> Words:
    words = said(kind)
    if modality is None:
        return words
    sensor = said(modality)
    return Words(f"{words.zh}（{sensor.zh}）", f"{words.en} ({sensor.en})")
