"""What was heard, as intervals of the record."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from edge_agent.evidence.intervals import Span, clipped, k_of_n, merged, runs, total_ms
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import FingerprintObservation, SoundObservation
from edge_agent.readings import WINDOW_MS
from visit_record.record import NotObserved, SoundEvidence, SoundFingerprint, SoundInterval
from visit_record.vocabulary import NotObservedReason, SoundCue

# Both keep the record of any visit under its 64 KiB: about 10 and 4 KB of JSON.
MOST_INTERVALS = 100
MOST_FINGERPRINTS = 80
# No microphone in a room is as still as this; one that is muted, unplugged or covered by software is.
DEAD_DBFS = -96.0
FIRST_GAP_MS = 3_000


@dataclass(frozen=True)
class CueRule:
    """When windows of a cue count: ``k`` of them over ``threshold`` within ``within_ms``, and why so."""

    threshold: float
    k: int
    within_ms: int
    because: str


_STEADY = "goes on for seconds: a single window is a mistake"
_STROKES = "strokes about a second apart: several must follow each other"
_STRIKES = "short strikes, seconds apart"
_ONE_OFF = "happens once: the two windows that overlap on it are all there is"

RULES: Mapping[SoundCue, CueRule] = MappingProxyType(
    {
        SoundCue.SPEECH: CueRule(0.5, 3, 2_400, _STEADY),
        SoundCue.MEDIA: CueRule(0.5, 5, 4_800, _STEADY),
        SoundCue.TABLEWARE: CueRule(0.5, 3, 4_800, _STRIKES),
        SoundCue.EATING: CueRule(0.5, 4, 4_800, _STROKES),
        SoundCue.WATER: CueRule(0.5, 3, 2_400, _STEADY),
        SoundCue.CLOTH: CueRule(0.5, 4, 4_800, _STROKES),
        SoundCue.SWEEPING: CueRule(0.5, 4, 4_800, _STROKES),
        SoundCue.APPLIANCE: CueRule(0.5, 5, 4_800, _STEADY),
        SoundCue.FOOTSTEPS: CueRule(0.5, 3, 2_400, _STROKES),
        SoundCue.DOOR: CueRule(0.5, 2, 960, _ONE_OFF),
        SoundCue.COUGH: CueRule(0.5, 2, 960, _ONE_OFF),
        SoundCue.QUIET: CueRule(0.5, 5, 4_800, _STEADY),
    }
)


def sound_evidence(
    observations: Sequence[SoundObservation], fingerprints: Sequence[FingerprintObservation], visit: VisitClock
) -> SoundEvidence | NotObserved:
    """Summarise one visit's windows of sound, which come in order of time.

    What lies outside the visit is left out; a dead microphone's windows count as not heard. ``quiet_share`` is the
    share of what was heard. A cue's confidence is its mean probability over *all* windows of the interval.
    Where there would be too many intervals, wider gaps are joined, so that nothing heard is dropped and the
    lower confidence tells of the gaps; too many fingerprints are thinned evenly.
    """
    heard = [one for one in observations if visit.holds(one.at_ms) and one.level_dbfs > DEAD_DBFS]
    if not heard:
        return NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
    times_ms = [one.at_ms for one in heard]
    covered = _within(visit, runs(times_ms, [True] * len(heard), WINDOW_MS, 0))
    found = {cue: _within(visit, heard_spans(heard, cue)) for cue in SoundCue}
    quiet_ms = total_ms(found[SoundCue.QUIET])
    return SoundEvidence(
        intervals=_intervals(_few_enough(found), heard, times_ms, visit),
        quiet_share=min(1.0, quiet_ms / total_ms(covered)) if covered else 0.0,
        coverage=visit.share_of_visit(total_ms(covered) / 1000),
        fingerprints=_thinned(fingerprints, visit),
    )


def heard_spans(heard: Sequence[SoundObservation], cue: SoundCue) -> list[Span]:
    """When a cue was heard, by its rule; windows come in order of time."""
    rule, place, times_ms = RULES[cue], list(SoundCue).index(cue), [one.at_ms for one in heard]
    up = [one.probabilities[place] >= rule.threshold for one in heard]
    return runs(times_ms, k_of_n(times_ms, up, rule.k, rule.within_ms), WINDOW_MS, 0)


def _within(visit: VisitClock, spans: list[Span]) -> list[Span]:
    return clipped(spans, visit.check_in_monotonic_ms, visit.check_out_monotonic_ms)


def _few_enough(found: Mapping[SoundCue, list[Span]]) -> list[tuple[SoundCue, Span]]:
    gap_ms = FIRST_GAP_MS
    while True:
        joined = [(cue, span) for cue, spans in found.items() for span in merged(spans, gap_ms)]
        if len(joined) <= MOST_INTERVALS:
            return sorted(joined, key=lambda one: one[1])
        gap_ms *= 2


def _intervals(
    spans: Sequence[tuple[SoundCue, Span]],
    heard: Sequence[SoundObservation],
    times_ms: Sequence[int],
    visit: VisitClock,
) -> tuple[SoundInterval, ...]:
    return tuple(
        SoundInterval(
            cue=cue,
            started_at_ms=visit.utc_ms(start),
            duration_s=(end - start) / 1000,
            confidence=round(_mean_probability(heard[_slice(times_ms, start, end)], cue), 4),
        )
        for cue, (start, end) in spans
    )


def _slice(times_ms: Sequence[int], start_ms: int, end_ms: int) -> slice:
    first = bisect_left(times_ms, start_ms)
    return slice(first, max(first + 1, bisect_left(times_ms, end_ms - WINDOW_MS + 1)))


def _mean_probability(windows: Sequence[SoundObservation], cue: SoundCue) -> float:
    place = list(SoundCue).index(cue)
    return sum(one.probabilities[place] for one in windows) / len(windows)


def _thinned(fingerprints: Sequence[FingerprintObservation], visit: VisitClock) -> tuple[SoundFingerprint, ...]:
    inside = [one for one in fingerprints if visit.holds(one.at_ms)]
    step = -(-len(inside) // MOST_FINGERPRINTS) or 1
    return tuple(SoundFingerprint(visit.utc_ms(one.at_ms), one.bits) for one in inside[::step])
