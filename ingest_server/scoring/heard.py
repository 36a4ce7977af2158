"""What the microphone says of a visit, read once for every measure. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from ingest_server.scoring.ruler import Ruler
from visit_record.record import SoundEvidence, SoundInterval
from visit_record.vocabulary import SoundCue

# Beside these the ear misses most sounds of care: what it did not hear then is not known. See models/scores/CARD.md.
MASKING = (SoundCue.MEDIA, SoundCue.APPLIANCE)
_cue: Callable[[SoundInterval], SoundCue] = attrgetter("cue")
CARE_CUES = frozenset({SoundCue.TABLEWARE, SoundCue.EATING, SoundCue.WATER, SoundCue.CLOTH, SoundCue.SWEEPING})


@dataclass(frozen=True, slots=True)
class Heard:
    """A visit's sounds.

    ``listened_s`` is how long the microphone listened; ``by_cue`` holds the time in which each cue was heard, as bits
    of the ``ruler``; ``care`` that in which any sound of care was heard; ``masked`` that in which television, radio or
    an appliance drowned others.
    """

    ruler: Ruler
    coverage: float
    listened_s: float
    quiet_share: float
    by_cue: Mapping[SoundCue, int]
    care: int
    masked: int

    @property
    def clear_share(self) -> float:
        """Share of the visit in which a sound of care would have been heard: listened to, and nothing drowned it."""
        masked_s = min(self.listened_s, self.ruler.seconds(self.masked))
        return self.coverage * (1 - masked_s / self.listened_s) if self.listened_s > 0 else 0.0

    def of(self, cues: Iterable[SoundCue]) -> int:
        """The time in which any of these cues was heard."""
        return any_of(self.by_cue, cues)


def heard(evidence: SoundEvidence, ruler: Ruler, duration_s: float) -> Heard:
    """The intervals by cue, of a visit of ``duration_s``."""
    by_cue = ruler.by_key(evidence.intervals, _cue)
    listened_s = evidence.coverage * duration_s
    care, masked = any_of(by_cue, CARE_CUES), any_of(by_cue, MASKING)
    return Heard(ruler, evidence.coverage, listened_s, evidence.quiet_share, by_cue, care, masked)


def any_of(by_cue: Mapping[SoundCue, int], cues: Iterable[SoundCue]) -> int:
    """The time in which any of these cues was heard, of each cue's own."""
    bits = 0
    for cue in cues:
        bits |= by_cue.get(cue, 0)
    return bits
