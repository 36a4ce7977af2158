"""What the microphone says of a visit, read once for every measure. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest_server.scoring.spans import Stretch, seconds, union
from visit_record.record import SoundEvidence
from visit_record.vocabulary import SoundCue

# Beside these the ear misses most sounds of care: what it did not hear then is not known. See models/scores/CARD.md.
MASKING = (SoundCue.MEDIA, SoundCue.APPLIANCE)
CARE_CUES = frozenset({SoundCue.TABLEWARE, SoundCue.EATING, SoundCue.WATER, SoundCue.CLOTH, SoundCue.SWEEPING})


@dataclass(frozen=True, slots=True)
class Heard:
    """A visit's sounds.

    ``listened_s`` is how long the microphone listened; ``by_cue`` holds each cue's stretches as the record has them;
    ``care`` is the
    time in which any sound of care was heard, in stretches that do not overlap, ``care_s`` how long that is; ``masked``
    is the time in which television, radio or an appliance drowned others.
    """

    coverage: float
    listened_s: float
    quiet_share: float
    by_cue: Mapping[SoundCue, Sequence[Stretch]]
    care: Sequence[Stretch]
    care_s: float
    masked: Sequence[Stretch]

    @property
    def clear_share(self) -> float:
        """Share of the visit in which a sound of care would have been heard: listened to, and nothing drowned it."""
        masked_s = min(self.listened_s, seconds(self.masked))
        return self.coverage * (1 - masked_s / self.listened_s) if self.listened_s > 0 else 0.0

    def seconds_of(self, cues: Iterable[SoundCue], start_ms: float, end_ms: float) -> float:
        """Seconds of the cues between two times; those that sound at once count once each."""
        total_ms = 0.0
        for cue in cues:
            for begins_ms, ends_ms in self.by_cue.get(cue, ()):
                if begins_ms < end_ms and ends_ms > start_ms:
                    total_ms += (ends_ms if ends_ms < end_ms else end_ms) - (
                        begins_ms if begins_ms > start_ms else start_ms
                    )
        return total_ms / 1000

    def of(self, cue: SoundCue) -> Sequence[Stretch]:
        """The time of one cue, in order and without overlaps."""
        return union(self.by_cue.get(cue, ()))


def heard(evidence: SoundEvidence, duration_s: float) -> Heard:
    """The intervals by cue, of a visit of ``duration_s``."""
    by_cue: defaultdict[SoundCue, list[Stretch]] = defaultdict(list)
    for interval in evidence.intervals:
        start_ms = interval.started_at_ms
        by_cue[interval.cue].append((start_ms, start_ms + 1000 * interval.duration_s))
    care = union(stretch for cue in CARE_CUES if cue in by_cue for stretch in by_cue[cue])
    masked = union(stretch for cue in MASKING if cue in by_cue for stretch in by_cue[cue])
    listened_s = evidence.coverage * duration_s
    return Heard(evidence.coverage, listened_s, evidence.quiet_share, by_cue, care, seconds(care), masked)
