"""The geometry of the timeline, held for records and for arbitrary events."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ingest_server.rules.limits import limits_of
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.web.formats import local_time, percent
from ingest_server.web.lanes import lanes_of, timeline
from ingest_server.web.timeline import MINUTE_MS, MOST_TICKS, Axis, Event, Lane, Tone, draw, gaps, in_order
from ingest_server.words.bilingual import Words
from tests.ingest_server.web.visits import empty_order, fix_at, little_seen, momentary, proxy_with_photo, rich_visit
from tests.visit_record.examples import CHECK_IN_MS, minutes
from visit_record.record import Integrity, IntegrityEvent, NotObserved, VisitRecord, Where
from visit_record.vocabulary import DEEDS, IntegrityKind, NotObservedReason

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAME = Words("甲", "A")
LIMITS = limits_of(shipped_rules(EVIDENCE_IDS))
EVERY_KIND = [rich_visit(), empty_order(), proxy_with_photo(), little_seen(), momentary()]


def lane(record: VisitRecord, name: str) -> Lane:
    return next(found for found in lanes_of(record, LIMITS) if found.name.en == name)


@pytest.mark.parametrize("record", EVERY_KIND, ids=["rich", "empty", "proxy", "little", "momentary"])
def test_every_event_of_a_record_lies_on_the_axis(record: VisitRecord) -> None:
    drawn = timeline(record, LIMITS, SHANGHAI)
    for found in drawn.lanes:
        for mark in found.marks:
            assert 0 < mark.left_pct < 100
            assert mark.left_pct + (mark.width_pct or 0) < 100
            assert mark.width_pct is None or mark.width_pct > 0
    listed = [event for _, event in in_order(drawn)]
    assert {event for found in drawn.lanes for event in found.lane.events} == set(listed)
    assert [event.at_ms for event in listed] == sorted(event.at_ms for event in listed)


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.none() | st.floats(0, 10**6)), max_size=20),
    st.integers(0, 10**9),
    st.integers(0, 10**8),
)
def test_marks_keep_the_order_and_the_proportions_of_time(
    spans: list[tuple[int, float | None]], start_ms: int, length_ms: int
) -> None:
    events = tuple(Event(at_ms, duration_s, Tone.SEEN, NAME) for at_ms, duration_s in spans)
    drawn = draw([Lane(NAME, NAME, events)], start_ms, start_ms + length_ms, SHANGHAI)
    [only] = drawn.lanes
    for mark in only.marks:
        assert 0 <= mark.left_pct <= 100
        assert mark.left_pct + (mark.width_pct or 0) <= 100.001
    lefts = [mark.left_pct for mark in sorted(only.marks, key=lambda mark: mark.event.at_ms) if mark.width_pct is None]
    assert lefts == sorted(lefts)
    assert len(drawn.ticks) <= MOST_TICKS
    assert all(0 <= tick.left_pct <= 100 for tick in drawn.ticks)


def test_half_an_hour_of_an_hour_is_half_as_wide() -> None:
    axis = Axis(0, 60 * MINUTE_MS)
    assert axis.pct(30 * MINUTE_MS) == 50
    assert (axis.pct(-1), axis.pct(10**9)) == (0, 100)


def test_ticks_are_round_times_of_the_place() -> None:
    drawn = timeline(rich_visit(), LIMITS, SHANGHAI)
    told = [local_time(SHANGHAI)(tick.at_ms, "%H:%M") for tick in drawn.ticks]
    assert told == ["22:15", "22:30", "22:45", "23:00"]
    kolkata = ZoneInfo("Asia/Kolkata")
    assert all(
        local_time(kolkata)(tick.at_ms, "%M") in {"00", "15", "30", "45"}
        for tick in timeline(rich_visit(), LIMITS, kolkata).ticks
    )


def test_year_long_visit_has_few_ticks() -> None:
    drawn = draw([], 0, 253_402_300_799_999, SHANGHAI)
    assert 1 <= len(drawn.ticks) <= MOST_TICKS


@given(st.lists(st.tuples(st.integers(-50, 150), st.integers(0, 60)), max_size=10))
def test_gaps_and_covered_stretches_together_are_the_whole(stretches: list[tuple[int, int]]) -> None:
    covered = [(begin, begin + length) for begin, length in stretches]
    found = list(gaps(covered, 0, 100))
    for second in range(100):
        seen = any(begin <= second and second + 1 <= end for begin, end in _merged(covered))
        missing = any(begin <= second and second + 1 <= end for begin, end in found)
        assert seen != missing


def _merged(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(stretches):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def test_what_was_not_observed_is_a_gap_and_never_against() -> None:
    for found in lanes_of(little_seen(), LIMITS):
        assert all(event.tone is not Tone.AGAINST for event in found.events)
    for name in ("face", "voice", "thermal", "sound"):
        [event] = lane(little_seen(), name).events
        assert (event.tone, event.at_ms, event.duration_s) == (Tone.GAP, CHECK_IN_MS, 3600)


def test_stretch_that_the_array_missed_is_a_gap() -> None:
    missed = [event for event in lane(rich_visit(), "Bed taken").events if event.tone is Tone.GAP]
    assert [(event.at_ms, event.end_ms) for event in missed] == [(minutes(31), minutes(36)), (minutes(59), minutes(60))]


def test_lost_microphone_is_a_gap_until_it_is_back() -> None:
    [lost] = [event for event in lane(rich_visit(), "water").events if event.tone is Tone.GAP]
    assert (lost.at_ms, lost.end_ms) == (minutes(27), minutes(33))


def test_list_tells_a_lost_microphone_once() -> None:
    told = [
        name.en for name, event in in_order(timeline(rich_visit(), LIMITS, SHANGHAI)) if event.words.en == "sensor lost"
    ]
    assert told == ["Sounds"]


def test_low_face_and_far_position_speak_against() -> None:
    tones = [event.tone for event in lane(proxy_with_photo(), "face").events]
    assert tones == [Tone.AGAINST, Tone.AGAINST, Tone.AGAINST]
    assert {event.tone for event in lane(proxy_with_photo(), "position").events} == {Tone.AGAINST}
    assert {event.tone for event in lane(rich_visit(), "position").events} == {Tone.SEEN}


def test_unknown_accuracy_is_not_taken_for_a_perfect_one() -> None:
    far = replace(fix_at(CHECK_IN_MS, 2400.0), accuracy_m=None)
    record = replace(rich_visit(), where=Where(far, NotObserved(NotObservedReason.NO_SATELLITES), ()))
    [fix, _] = lane(record, "position").events
    assert fix.tone is Tone.UNCLEAR
    assert "accuracy not known" in fix.words.en


def test_only_what_somebody_did_to_the_device_speaks_against() -> None:
    events = tuple(IntegrityEvent(kind, minutes(1), None) for kind in IntegrityKind)
    drawn = lane(replace(rich_visit(), integrity=Integrity(events, ())), "Integrity events").events
    against = {kind for kind, event in zip(IntegrityKind, drawn, strict=True) if event.tone is Tone.AGAINST}
    assert against == DEEDS


def test_claims_are_drawn_as_said_not_as_seen() -> None:
    assert lane(rich_visit(), "bed making").events[0].tone is Tone.SAID


@pytest.mark.parametrize(
    ("share", "told"), [(0.0, "0%"), (0.001, "<1%"), (0.5, "50%"), (0.9999, ">99%"), (1.0, "100%")]
)
def test_share_is_never_rounded_to_a_certainty(share: float, told: str) -> None:
    assert percent(share) == told
