"""The geometry of an evidence timeline: events on lanes become marks in percent of one axis of time. Pure."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from enum import StrEnum
from math import ceil, floor

from msgspec import Struct

from ingest_server.local_days import local
from ingest_server.words.bilingual import Words

MINUTE_MS = 60_000
# At most six labels, so that they stay apart on a telephone.
MOST_TICKS = 6
_STEPS_MIN = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440)
# A mark thinner than this could not be seen or pointed at.
LEAST_WIDTH_PCT = 0.4
_PAD = 0.02


class Tone(StrEnum):
    """How a mark is drawn: what was observed is filled, what was merely said is outlined, a gap is hatched."""

    SEEN = "seen"
    UNCLEAR = "unclear"
    NONE = "none"
    AGAINST = "against"
    SAID = "said"
    GAP = "gap"


class Event(Struct, frozen=True):
    """Something on a lane; ``duration_s`` is ``None`` for a moment."""

    at_ms: float
    duration_s: float | None
    tone: Tone
    words: Words

    @property
    def end_ms(self) -> float:
        """When it is over."""
        return self.at_ms + 1000 * (self.duration_s or 0.0)


class Lane(Struct, frozen=True):
    """Events of one kind; ``note`` stands beside its name. ``group`` gathers neighbouring lanes under one heading."""

    group: Words
    name: Words
    events: tuple[Event, ...]
    note: Words | None = None


class Mark(Struct, frozen=True):
    """An event on the axis: left edge and width in percent; a moment has ``width_pct`` ``None``."""

    left_pct: float
    width_pct: float | None
    event: Event


class DrawnLane(Struct, frozen=True):
    """A lane with its marks; gaps come first, so that they lie under what was observed."""

    lane: Lane
    marks: tuple[Mark, ...]


class Tick(Struct, frozen=True):
    """A labelled moment of the axis."""

    left_pct: float
    at_ms: int


class Axis(Struct, frozen=True):
    """A stretch of time that is as wide as the drawing."""

    start_ms: float
    end_ms: float

    def pct(self, at_ms: float) -> float:
        """Where a moment stands, 0 to 100; what is outside stands at the edge."""
        share = (at_ms - self.start_ms) / (self.end_ms - self.start_ms)
        return round(100 * min(1.0, max(0.0, share)), 3)


class Timeline(Struct, frozen=True):
    """All that a template needs to draw."""

    axis: Axis
    ticks: tuple[Tick, ...]
    lanes: tuple[DrawnLane, ...]


def draw(lanes: Iterable[Lane], start_ms: float, end_ms: float, zone: tzinfo) -> Timeline:
    """Lay lanes out over an axis that holds the given stretch and every event; ticks are round times of the zone."""
    lanes = tuple(lanes)
    axis = _axis(lanes, start_ms, end_ms)
    return Timeline(axis, tuple(_ticks(axis, zone)), tuple(DrawnLane(lane, _marks(lane, axis)) for lane in lanes))


def gaps(covered: Iterable[tuple[float, float]], start_ms: float, end_ms: float) -> Iterator[tuple[float, float]]:
    """The stretches of ``start_ms`` to ``end_ms`` that no covered stretch touches."""
    reached = start_ms
    for begin, end in sorted(covered):
        if begin > reached:
            yield reached, min(begin, end_ms)
        reached = max(reached, end)
        if reached >= end_ms:
            return
    yield reached, end_ms


def in_order(timeline: Timeline) -> list[tuple[Words, Event]]:
    """Every event by time with its lane's name; what befell several lanes of a group is told once, by the group's."""
    told: dict[tuple[Words, Event], list[Lane]] = {}
    for lane in (drawn.lane for drawn in timeline.lanes):
        for event in lane.events:
            told.setdefault((lane.group, event), []).append(lane)
    named = [(lanes[0].name if len(lanes) == 1 else group, event) for (group, event), lanes in told.items()]
    return sorted(named, key=lambda item: item[1].at_ms)


def _axis(lanes: tuple[Lane, ...], start_ms: float, end_ms: float) -> Axis:
    events = [event for lane in lanes for event in lane.events]
    first = min([start_ms, *(event.at_ms for event in events)])
    last = max([end_ms, *(event.end_ms for event in events)])
    pad = max(_PAD * (last - first), MINUTE_MS / 2)
    return Axis(first - pad, last + pad)


def _marks(lane: Lane, axis: Axis) -> tuple[Mark, ...]:
    gaps_first = sorted(lane.events, key=lambda event: event.tone is not Tone.GAP)
    return tuple(_mark(event, axis) for event in gaps_first)


def _mark(event: Event, axis: Axis) -> Mark:
    left = axis.pct(event.at_ms)
    if event.duration_s is None:
        return Mark(left, None, event)
    width = max(LEAST_WIDTH_PCT, round(axis.pct(event.end_ms) - left, 3))
    return Mark(min(left, 100 - width), width, event)


def _ticks(axis: Axis, zone: tzinfo) -> Iterator[Tick]:
    step_ms = _step_ms(axis.end_ms - axis.start_ms)
    offset_ms = _offset_ms(axis.start_ms, zone)
    first, last = ceil((axis.start_ms + offset_ms) / step_ms), floor((axis.end_ms + offset_ms) / step_ms)
    for number in range(first, last + 1):
        at_ms = number * step_ms - offset_ms
        yield Tick(axis.pct(at_ms), at_ms)


def _step_ms(length_ms: float) -> int:
    fitting = (step for step in _STEPS_MIN if length_ms / (step * MINUTE_MS) <= MOST_TICKS - 1)
    days = ceil(length_ms / (1440 * MINUTE_MS * (MOST_TICKS - 1)))
    return next(fitting, 1440 * days) * MINUTE_MS


def _offset_ms(at_ms: float, zone: tzinfo) -> int:
    offset = local(at_ms, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() * 1000)
