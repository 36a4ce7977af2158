"""NMEA 0183 sentences to positions: a pure fold, one reading an epoch.

An epoch is what a receiver says of one moment: it ends when a position sentence (GGA, GNS, RMC or GLL) brings another
time, or comes a second time. Sentences without a time of their own (GSA, GSV) belong to the epoch under way.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time
from typing import Any, NamedTuple

import pynmea2

from edge_agent.readings import PositionReading
from edge_agent.sensors.nmea_epoch import POSITION_SENTENCES, has_fix, reading_of

# A sentence as pynmea2 parsed it; the library is untyped, and its fields come by attribute.
Sentence = Any

DAY_MS = 86_400_000
# NMEA 0183 leaves the rate to the receiver; once a second is the custom, and stands in where a log says no time.
CUSTOMARY_STEP_MS = 1000
# Without a fix a receiver's time is its own clock's, and a longer step is that clock being set: no time passed with it.
LONGEST_STEP_MS = 600_000
SAME_MOMENT_MS = 20


@dataclass(slots=True)
class Tally:
    """How the lines fared: whole sentences, sentences whose checksum fails, and lines that are no sentence."""

    sentences: int = 0
    bad_checksums: int = 0
    garbage: int = 0


class _Moment(NamedTuple):
    time_of_day_ms: int | None
    has_fix: bool


def positions(lines: Iterable[str], tally: Tally, starts_at_ms: int = 0) -> Iterator[PositionReading]:
    """Fold lines into readings; ``at_ms`` starts at ``starts_at_ms`` and advances by the receiver's own times.

    Nothing in a line is an error: what cannot be used is counted in ``tally``.
    """
    at_ms, before = starts_at_ms, None
    for epoch in _epochs(_sentences(lines, tally)):
        now = _Moment(_time_of_day_ms(epoch), has_fix(epoch))
        at_ms += _step_ms(before, now) if before else 0
        before = now
        yield reading_of(epoch, at_ms)


def _sentences(lines: Iterable[str], tally: Tally) -> Iterator[Sentence]:
    for line in lines:
        if not line.strip():
            continue
        # A receiver that also speaks binary leaves the end of its last packet before the sentence.
        _, dollar, text = line.rpartition("$")
        try:
            sentence = pynmea2.parse(dollar and dollar + text)
        except pynmea2.ChecksumError:
            tally.bad_checksums += 1
        except pynmea2.SentenceTypeError:
            tally.sentences += 1
        except pynmea2.ParseError:
            tally.garbage += 1
        else:
            tally.sentences += 1
            yield sentence


def _epochs(sentences: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    epoch: list[Sentence] = []
    for sentence in sentences:
        if _kind(sentence) in POSITION_SENTENCES and _opens_another(sentence, epoch):
            yield epoch
            epoch = []
        epoch.append(sentence)
    if any(_kind(sentence) in POSITION_SENTENCES for sentence in epoch):
        yield epoch


def _opens_another(sentence: Sentence, epoch: list[Sentence]) -> bool:
    before = [held for held in epoch if _kind(held) in POSITION_SENTENCES]
    again = any((held.talker, held.sentence_type) == (sentence.talker, sentence.sentence_type) for held in before)
    return again or any(_differ(held.timestamp, sentence.timestamp) for held in before)


def _differ(one: object, other: object) -> bool:
    """Whether two times are of two epochs: some receivers round one moment differently in each sentence."""
    if not isinstance(one, time) or not isinstance(other, time):
        return False
    return abs(_ms_of_day(one) - _ms_of_day(other)) > SAME_MOMENT_MS


def _ms_of_day(said: time) -> int:
    return ((said.hour * 60 + said.minute) * 60 + said.second) * 1000 + said.microsecond // 1000


def _kind(sentence: Sentence) -> str:
    return getattr(sentence, "sentence_type", "")


def _time_of_day_ms(epoch: list[Sentence]) -> int | None:
    for sentence in epoch:
        if _kind(sentence) in POSITION_SENTENCES and isinstance(sentence.timestamp, time):
            return _ms_of_day(sentence.timestamp)
    return None


def _step_ms(before: _Moment, now: _Moment) -> int:
    if before.time_of_day_ms is None or now.time_of_day_ms is None:
        return CUSTOMARY_STEP_MS
    step_ms = (now.time_of_day_ms - before.time_of_day_ms) % DAY_MS
    longest_ms = DAY_MS // 2 if before.has_fix and now.has_fix else LONGEST_STEP_MS
    return step_ms if step_ms <= longest_ms else CUSTOMARY_STEP_MS
