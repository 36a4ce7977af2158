"""The items of evidence: what is measured, and which sense it rests on. Their sentences are in :mod:`.wording`."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest_server.scoring.measures import agreement, conduct, hearing, identity, place, room
from ingest_server.scoring.measures.measured import Measure


@dataclass(frozen=True)
class Evidence:
    """One item.

    Items of one ``group`` rest on one sense and are bounded together. Those whose ``tells_of`` is the same rest on the
    very same looks or minutes: together they are one cue, and may not put up a visit for review by themselves.
    """

    id: str
    group: str
    measure: Measure
    tells_of: str | None = None

    @property
    def cue(self) -> str:
        """What it tells of: itself, where nothing else tells of the same."""
        return self.tells_of or self.id


# Those of a group stand together.
EVIDENCE: tuple[Evidence, ...] = (
    Evidence("face_check_in", "face", identity.face_check_in),
    Evidence("face_during", "face", identity.face_during, "looks in mid-visit"),
    Evidence("face_least", "face", identity.face_least, "looks in mid-visit"),
    Evidence("face_check_out", "face", identity.face_check_out, "look at check-out"),
    Evidence("face_spread", "face", identity.face_spread, "look at check-out"),
    Evidence("other_match", "face", identity.other_match),
    Evidence("liveness", "face", identity.liveness),
    Evidence("voice", "voice", identity.voice),
    Evidence("voice_between", "voice", identity.voice_between),
    Evidence("speakers", "voice", identity.speakers),
    Evidence("presence_share", "occupancy", room.presence_share),
    Evidence("empty_share", "occupancy", room.empty_share),
    Evidence("company_share", "occupancy", room.company_share),
    Evidence("longest_absence", "occupancy", room.longest_absence, "leaving"),
    Evidence("stayed_until", "occupancy", room.stayed_until, "leaving"),
    Evidence("worked_until", "occupancy", room.worked_until),
    Evidence("left_alone_share", "occupancy", room.left_alone_share),
    Evidence("recipient_share", "occupancy", room.recipient_share),
    Evidence("bedside_share", "occupancy", room.bedside_share),
    Evidence("two_close_share", "occupancy", room.two_close_share),
    Evidence("items_attended", "occupancy", room.items_attended),
    Evidence("held_minutes", "occupancy", room.held_minutes),
    Evidence("still_share", "occupancy", room.still_share),
    Evidence("care_sound_share", "sound", hearing.care_sound_share),
    Evidence("items_heard", "sound", hearing.items_heard),
    Evidence("claims_contradicted", "sound", hearing.claims_contradicted, "other care"),
    Evidence("other_care_share", "sound", hearing.other_care_share, "other care"),
    Evidence("cues_unheard_share", "sound", hearing.cues_unheard_share),
    Evidence("unclaimed_care", "sound", hearing.unclaimed_care, "other care"),
    Evidence("silent_tail", "sound", hearing.silent_tail),
    Evidence("media_share", "sound", hearing.media_share),
    Evidence("speech_share", "sound", hearing.speech_share),
    Evidence("quiet_share", "sound", hearing.quiet_share),
    Evidence("unattended_care", "agreement", agreement.unattended_care),
    Evidence("idle_care", "agreement", agreement.idle_care),
    Evidence("site_excess_m", "place", place.site_excess_m),
    Evidence("place_cues", "place", place.place_cues),
    Evidence("duration_ratio", "conduct", conduct.duration_ratio, "minutes"),
    Evidence("claimed_share", "conduct", conduct.claimed_share, "minutes"),
    Evidence("other_way_in", "conduct", conduct.other_way_in),
    Evidence("edits", "conduct", conduct.edits),
    Evidence("tampering", "device", conduct.tampering),
    Evidence("coverage", "device", conduct.coverage),
)
EVIDENCE_IDS = frozenset(item.id for item in EVIDENCE)
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(item.group for item in EVIDENCE))


def by_cue() -> Mapping[str, tuple[str, ...]]:
    """The items of each cue, by what it tells of."""
    cues: dict[str, tuple[str, ...]] = {}
    for item in EVIDENCE:
        cues[item.cue] = (*cues.get(item.cue, ()), item.id)
    return cues
