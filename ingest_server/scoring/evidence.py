"""The items of evidence: what is measured, and which sense it rests on. Their sentences are in :mod:`.wording`."""

from dataclasses import dataclass

from ingest_server.scoring.measures import agreement, conduct, hearing, identity, place, room
from ingest_server.scoring.measures.measured import Measure


@dataclass(frozen=True)
class Evidence:
    """One item. Items of one ``group`` rest on one sense and are bounded together, so that none counts twice."""

    id: str
    group: str
    measure: Measure


# Those of a group stand together.
EVIDENCE: tuple[Evidence, ...] = (
    Evidence("face_check_in", "face", identity.face_check_in),
    Evidence("face_during", "face", identity.face_during),
    Evidence("face_least", "face", identity.face_least),
    Evidence("face_check_out", "face", identity.face_check_out),
    Evidence("face_spread", "face", identity.face_spread),
    Evidence("other_match", "face", identity.other_match),
    Evidence("liveness", "face", identity.liveness),
    Evidence("voice", "voice", identity.voice),
    Evidence("voice_between", "voice", identity.voice_between),
    Evidence("speakers", "voice", identity.speakers),
    Evidence("presence_share", "occupancy", room.presence_share),
    Evidence("empty_share", "occupancy", room.empty_share),
    Evidence("company_share", "occupancy", room.company_share),
    Evidence("longest_absence", "occupancy", room.longest_absence),
    Evidence("stayed_until", "occupancy", room.stayed_until),
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
    Evidence("claims_contradicted", "sound", hearing.claims_contradicted),
    Evidence("other_care_share", "sound", hearing.other_care_share),
    Evidence("cues_unheard_share", "sound", hearing.cues_unheard_share),
    Evidence("unclaimed_care", "sound", hearing.unclaimed_care),
    Evidence("silent_tail", "sound", hearing.silent_tail),
    Evidence("media_share", "sound", hearing.media_share),
    Evidence("speech_share", "sound", hearing.speech_share),
    Evidence("quiet_share", "sound", hearing.quiet_share),
    Evidence("unattended_care", "agreement", agreement.unattended_care),
    Evidence("idle_care", "agreement", agreement.idle_care),
    Evidence("site_excess_m", "place", place.site_excess_m),
    Evidence("place_cues", "place", place.place_cues),
    Evidence("duration_ratio", "conduct", conduct.duration_ratio),
    Evidence("claimed_share", "conduct", conduct.claimed_share),
    Evidence("other_way_in", "conduct", conduct.other_way_in),
    Evidence("edits", "conduct", conduct.edits),
    Evidence("tampering", "device", conduct.tampering),
    Evidence("coverage", "device", conduct.coverage),
)
EVIDENCE_IDS = frozenset(item.id for item in EVIDENCE)
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(item.group for item in EVIDENCE))
