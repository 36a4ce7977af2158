"""What the senses of one visit say together: each part of the record, or why it could not be observed. Pure."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from edge_agent.evidence.face import face_evidence
from edge_agent.evidence.occupancy import occupancy_evidence
from edge_agent.evidence.place import place_evidence
from edge_agent.evidence.sound import sound_evidence
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.evidence.voice import voice_evidence
from edge_agent.observations import (
    FaceObservation,
    FingerprintObservation,
    OccupancyObservation,
    PositionObservation,
    SoundObservation,
    VoiceObservation,
)
from edge_agent.perception.geodesy import Point
from edge_agent.visit_session import VisitSession
from visit_record.record import (
    FaceEvidence,
    NotObserved,
    OccupancyEvidence,
    SoundEvidence,
    VoiceEvidence,
    Where,
)
from visit_record.vocabulary import Modality, NotObservedReason

# Why a sense was not used at all in this visit: consent withheld or never asked, or no such sensor.
Silence = Mapping[Modality, NotObservedReason]

E = TypeVar("E")


class Conclusions(NamedTuple):
    """The observed parts of a record."""

    where: Where
    face: FaceEvidence | NotObserved
    voice: VoiceEvidence | NotObserved
    occupancy: OccupancyEvidence | NotObserved
    sound: SoundEvidence | NotObserved


def conclude(session: VisitSession, visit: VisitClock, site: Point | None, silence: Silence) -> Conclusions:
    """Weigh nothing, only sum up: what the observations of a visit amount to."""

    def unless_silent(sense: Modality, sum_up: Callable[[], E | NotObserved]) -> E | NotObserved:
        return NotObserved(silence[sense]) if sense in silence else _owned_up(sum_up(), sense, session)

    seen = session.observations
    quiet = silence.get(Modality.POSITION) or session.lost.why(Modality.POSITION) or NotObservedReason.SENSOR_FAULT
    return Conclusions(
        where=place_evidence(seen(PositionObservation), visit, site, quiet),
        face=unless_silent(Modality.FACE, lambda: face_evidence(seen(FaceObservation), visit, session.windows())),
        voice=unless_silent(Modality.VOICE, lambda: voice_evidence(seen(VoiceObservation), visit)),
        occupancy=unless_silent(Modality.THERMAL, lambda: occupancy_evidence(seen(OccupancyObservation), visit)),
        sound=unless_silent(
            Modality.SOUND, lambda: sound_evidence(seen(SoundObservation), seen(FingerprintObservation), visit)
        ),
    )


def _owned_up(part: E | NotObserved, sense: Modality, session: VisitSession) -> E | NotObserved:
    """A sense that saw nothing because its sensor failed, or because consent was taken back, says so."""
    why_lost = session.lost.why(sense)
    return NotObserved(why_lost) if isinstance(part, NotObserved) and why_lost is not None else part
