"""What the senses of a staged visit concluded, how much of it each could observe, and why not the rest. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.history.faces import Moment
from sim.history.place import fixed_share
from sim.history.watch import Watches
from sim.staging.visits import StagedVisit
from visit_record.record import (
    Coverage,
    FaceEvidence,
    NotObserved,
    OccupancyEvidence,
    SoundEvidence,
    VoiceEvidence,
    Where,
)
from visit_record.vocabulary import Modality, NotObservedReason

# As :mod:`edge_agent.coverage` has it: what is missing beyond this needs a reason.
NEARLY_ALL = 0.95


@dataclass(frozen=True)
class Parts:
    """What the senses concluded."""

    where: Where
    face: FaceEvidence | NotObserved
    voice: VoiceEvidence | NotObserved
    occupancy: OccupancyEvidence | NotObserved
    sound: SoundEvidence | NotObserved

    def of(self, sense: Modality) -> object:
        """The part of one sense."""
        return {
            Modality.FACE: self.face,
            Modality.VOICE: self.voice,
            Modality.SOUND: self.sound,
            Modality.THERMAL: self.occupancy,
            Modality.POSITION: self.where.check_in,
        }[sense]


def coverages(staged: StagedVisit, watches: Watches, looks: list[Moment], parts: Parts) -> Iterator[Coverage]:
    """One coverage for each sense, in the vocabulary's order."""
    for sense in Modality:
        silent = watches.of[sense].silent
        if silent is not None:
            yield Coverage(sense, 0.0, silent)
            continue
        share = round(_share(staged, watches, sense, looks, parts), 4)
        yield Coverage(sense, share, None if share >= NEARLY_ALL else _reason(watches, sense, parts))


def _share(staged: StagedVisit, watches: Watches, sense: Modality, looks: list[Moment], parts: Parts) -> float:
    watch, duration_s = watches.of[sense], staged.script.duration_s
    match sense:
        case Modality.FACE:
            return sum(not watch.misses(at_s) for _, at_s in looks) / len(looks)
        case Modality.VOICE:
            return 1 - sum(min(end, duration_s) - start for start, end in watch.gaps) / duration_s
        case Modality.SOUND:
            return parts.sound.coverage if isinstance(parts.sound, SoundEvidence) else 0.0
        case Modality.THERMAL:
            return parts.occupancy.coverage if isinstance(parts.occupancy, OccupancyEvidence) else 0.0
        case Modality.POSITION:
            return fixed_share(staged.script, watch)


def _reason(watches: Watches, sense: Modality, parts: Parts) -> NotObservedReason:
    if watches.of[sense].lost_at_s is not None:
        return NotObservedReason.SENSOR_FAULT
    part = parts.of(sense)
    if isinstance(part, NotObserved):
        return part.reason
    return NotObservedReason.NO_SATELLITES if sense is Modality.POSITION else NotObservedReason.SENSOR_FAULT
