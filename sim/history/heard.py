"""Sounds of a script as a device would have summed them up, without rendering a sample."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from edge_agent.evidence.sound import FIRST_GAP_MS, MOST_FINGERPRINTS, MOST_INTERVALS
from sim.history.stretches import HOP_S, Hearing, Part
from sim.history.watch import Stretch, Watch, joined, total_s
from sim.script import VisitScript
from visit_record.record import NotObserved, SoundEvidence, SoundFingerprint, SoundInterval
from visit_record.vocabulary import NotObservedReason, SoundCue

FINGERPRINT_S = 30.0
# Bits that differ between two hearings of one recording in a room.
BITS_ASTRAY = 3
ALL_BITS = 2**64 - 1
# A number for each, since texts are hashed otherwise in every process.
SOUNDS = {cue: place for place, cue in enumerate(SoundCue)}


class _Span(NamedTuple):
    cue: SoundCue
    start_s: float
    end_s: float
    heard_s: float
    certainty_s: float


def sounds_of(
    hearing: Hearing, script: VisitScript, watch: Watch, rng: np.random.Generator
) -> SoundEvidence | NotObserved:
    """What was heard, those of a cue that follow closely taken together; nothing while the microphone was off."""
    missed = joined([(start_s, min(end_s, script.duration_s)) for start_s, end_s in (*watch.gaps, *watch.blind)])
    heard_s = script.duration_s - total_s(missed)
    if heard_s < HOP_S:
        return NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
    parts = {cue: list(_outside(sorted(of_cue), missed)) for cue, of_cue in hearing.parts.items()}
    quiet_s = sum(end_s - start_s for start_s, end_s, _ in parts.get(SoundCue.QUIET, []))
    return SoundEvidence(
        intervals=tuple(_interval(span, script) for span in _few_enough(parts)),
        quiet_share=round(min(1.0, quiet_s / heard_s), 4),
        coverage=round(heard_s / script.duration_s, 4),
        fingerprints=_fingerprints(script, missed, rng),
    )


def _outside(parts: Sequence[Part], missed: Sequence[Stretch]) -> Iterator[Part]:
    """What of the parts was heard; a part that a gap cuts keeps what lies before it, or else after it."""
    if not missed:
        yield from parts
        return
    for part in parts:
        start_s, end_s, confidence = part
        for begin_s, until_s in missed:
            if begin_s <= start_s < until_s:
                start_s = until_s
            elif start_s < begin_s < end_s:
                end_s = begin_s
        if end_s - start_s >= HOP_S:
            yield Part(start_s, end_s, confidence)


def _few_enough(parts: Mapping[SoundCue, Sequence[Part]]) -> list[_Span]:
    """Joined over gaps of three seconds, or over twice as long ones until there are few enough."""
    gaps_s = np.array([gap_s for of_cue in parts.values() for gap_s in _gaps(of_cue)])
    gap_s = FIRST_GAP_MS / 1000
    while len(parts) + int((gaps_s > gap_s).sum()) > MOST_INTERVALS:
        gap_s *= 2
    spans = [span for cue, of_cue in parts.items() for span in _joined(cue, of_cue, gap_s)]
    return sorted(spans, key=lambda span: (span.start_s, span.cue))


def _gaps(parts: Sequence[Part]) -> Iterator[float]:
    last_s = parts[0].end_s if parts else 0.0
    for start_s, end_s, _ in parts:
        yield start_s - last_s
        last_s = end_s if end_s > last_s else last_s


def _joined(cue: SoundCue, parts: Sequence[Part], gap_s: float) -> list[_Span]:
    """Parts in order of their beginning."""
    spans: list[_Span] = []
    if not parts:
        return spans
    begin_s, last_s, heard_s, certainty_s = parts[0].start_s, parts[0].start_s, 0.0, 0.0
    for start_s, end_s, confidence in parts:
        if start_s - last_s > gap_s:
            spans.append(_Span(cue, begin_s, last_s, heard_s, certainty_s))
            begin_s, last_s, heard_s, certainty_s = start_s, start_s, 0.0, 0.0
        last_s = end_s if end_s > last_s else last_s
        heard_s += end_s - start_s
        certainty_s += confidence * (end_s - start_s)
    return [*spans, _Span(cue, begin_s, last_s, heard_s, certainty_s)]


def _interval(span: _Span, script: VisitScript) -> SoundInterval:
    """On the device's grid of windows; the confidence is a mean over the gaps within, too."""
    start_s = round(span.start_s / HOP_S) * HOP_S
    length_s = min(max(2, round((span.end_s - span.start_s) / HOP_S)) * HOP_S, script.duration_s - start_s)
    confidence = min(1.0, span.certainty_s / max(span.heard_s, span.end_s - span.start_s))
    return SoundInterval(
        span.cue, script.started_at_ms + round(1000 * start_s), round(max(0.0, length_s), 3), round(confidence, 4)
    )


def _fingerprints(
    script: VisitScript, missed: Sequence[Stretch], rng: np.random.Generator
) -> tuple[SoundFingerprint, ...]:
    """Alike where the noises are alike, as a recording's would be; stillness gives chance bits."""
    starts_s = [
        at_s
        for at_s in np.arange(0, script.duration_s - FINGERPRINT_S + 1e-6, FINGERPRINT_S).tolist()
        if not any(begin_s < at_s + FINGERPRINT_S and at_s < end_s for begin_s, end_s in missed)
    ]
    kept = starts_s[:: -(-len(starts_s) // MOST_FINGERPRINTS) or 1]
    sounding = _sounding(script)
    chance = rng.integers(0, ALL_BITS, len(kept), dtype=np.uint64, endpoint=True).tolist()
    astray = rng.integers(0, 64, (len(kept), BITS_ASTRAY)).tolist()
    return tuple(
        SoundFingerprint(
            script.started_at_ms + round(1000 * at_s),
            f"{_bits(sounding.get(int(at_s / FINGERPRINT_S)), any_bits, flipped):016x}",
        )
        for at_s, any_bits, flipped in zip(kept, chance, astray, strict=True)
    )


def _sounding(script: VisitScript) -> dict[int, int]:
    """By the stretch of 30 s, a number that depends on the noises that begin in it; the same on every machine."""
    numbers: dict[int, int] = {}
    for noise in script.noises:
        place = int(noise.start_s / FINGERPRINT_S)
        told = hash((noise.start_s, noise.end_s, noise.gain_db, SOUNDS[noise.cue]))
        numbers[place] = (31 * numbers.get(place, 0) + told) & ALL_BITS
    return numbers


def _bits(sounding: int | None, chance: int, flipped: Sequence[int]) -> int:
    if sounding is None:
        return chance
    for bit in flipped:
        sounding ^= 1 << bit
    return sounding
