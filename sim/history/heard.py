"""Sounds, voices and position of a script as a device would have summed them up, without rendering a sample."""

import hashlib
from itertools import groupby

import numpy as np

from sim.history.assumed import Assumed
from sim.script import Noise, VisitScript
from sim.staging.plan import Plan
from visit_record.record import (
    Fix,
    NotObserved,
    SoundEvidence,
    SoundFingerprint,
    SoundInterval,
    VoiceCheck,
    VoiceEvidence,
    Where,
)
from visit_record.vocabulary import FixType, NotObservedReason, PlaceCue, SoundCue

METRES_A_DEGREE = 111_320.0
MERGE_GAP_S = 15.0
FINGERPRINT_EVERY_S = 300


def sounds_of(script: VisitScript, assumed: Assumed, rng: np.random.Generator) -> SoundEvidence:
    """The noises that were recognised, those of a class that follow closely taken together."""
    heard = [
        noise for noise in script.noises if rng.random() < assumed.sound_heard and noise.start_s < script.duration_s
    ]
    heard.sort(key=lambda noise: noise.cue)
    lanes = [_merged(list(lane)) for _, lane in groupby(heard, key=lambda noise: noise.cue)]
    intervals = sorted(
        (_interval(script, cue, start_s, end_s, rng) for lane in lanes for cue, start_s, end_s in lane),
        key=lambda interval: interval.started_at_ms,
    )
    sounding_s = sum(interval.duration_s for interval in intervals)
    quiet_share = max(0.0, 1 - sounding_s / script.duration_s)
    return SoundEvidence(tuple(intervals), quiet_share, 1.0, _fingerprints(script))


def voices_of(
    plan: Plan, script: VisitScript, assumed: Assumed, rng: np.random.Generator
) -> VoiceEvidence | NotObserved:
    """A check a stretch of speech."""
    spoken = [noise for noise in script.noises if noise.voice is not None]
    if not spoken:
        return NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
    checks = tuple(_voice_check(plan, script, noise, assumed, rng) for noise in spoken[:40])
    return VoiceEvidence(checks, len({noise.voice for noise in spoken}))


def place_of(plan: Plan, script: VisitScript, assumed: Assumed, rng: np.random.Generator) -> Where:
    """Fixes at both ends, unless the room lets no satellites in."""
    if script.sky.satellites and rng.random() < assumed.no_satellites:
        return Where(NotObserved(NotObservedReason.NO_SATELLITES), NotObserved(NotObservedReason.NO_SATELLITES), ())
    forged = script.sky.jitter_m == 0
    cues = (PlaceCue.FROZEN_JITTER, PlaceCue.TIME_OFFSET) if forged else ()
    return Where(_fix(plan, script, 0.0), _fix(plan, script, script.duration_s), cues)


def _merged(lane: list[Noise]) -> list[tuple[SoundCue, float, float]]:
    merged: list[tuple[SoundCue, float, float]] = []
    for noise in sorted(lane, key=lambda noise: noise.start_s):
        if merged and noise.start_s - merged[-1][2] <= MERGE_GAP_S:
            merged[-1] = (noise.cue, merged[-1][1], max(merged[-1][2], noise.end_s))
        else:
            merged.append((noise.cue, noise.start_s, noise.end_s))
    return merged


def _interval(
    script: VisitScript, cue: SoundCue, start_s: float, end_s: float, rng: np.random.Generator
) -> SoundInterval:
    duration_s = round(max(0.0, min(end_s, script.duration_s) - start_s), 2)
    confidence = round(float(np.clip(rng.normal(0.8, 0.08), 0.5, 1)), 3)
    return SoundInterval(cue, script.started_at_ms + int(1000 * start_s), duration_s, confidence)


def _fingerprints(script: VisitScript) -> tuple[SoundFingerprint, ...]:
    """Alike exactly where the noises are alike, as a recording's would be."""
    return tuple(
        SoundFingerprint(script.started_at_ms + 1000 * at_s, _hash_of(script, at_s))
        for at_s in range(0, int(script.duration_s), FINGERPRINT_EVERY_S)
    )


def _hash_of(script: VisitScript, at_s: int) -> str:
    near = [noise for noise in script.noises if at_s <= noise.start_s < at_s + FINGERPRINT_EVERY_S]
    return hashlib.sha256(repr(near or (script.seed, at_s)).encode()).hexdigest()[:16]


def _voice_check(
    plan: Plan, script: VisitScript, noise: Noise, assumed: Assumed, rng: np.random.Generator
) -> VoiceCheck:
    own = noise.voice == plan.caregiver.voice
    similarity = float(np.clip(rng.normal(*(assumed.voice_same if own else assumed.voice_other)), -1, 1))
    at_ms = script.started_at_ms + int(1000 * noise.start_s)
    return VoiceCheck(at_ms, round(similarity, 3), round(noise.end_s - noise.start_s, 2))


def _fix(plan: Plan, script: VisitScript, at_s: float) -> Fix | NotObserved:
    sky = script.sky
    if sky.satellites == 0:
        return NotObserved(NotObservedReason.NO_SATELLITES)
    north_m = (sky.latitude_deg - plan.home.latitude_deg) * METRES_A_DEGREE
    east_m = (sky.longitude_deg - plan.home.longitude_deg) * METRES_A_DEGREE * np.cos(np.radians(sky.latitude_deg))
    return Fix(
        at_ms=script.started_at_ms + int(1000 * at_s),
        latitude_deg=sky.latitude_deg,
        longitude_deg=sky.longitude_deg,
        fix_type=FixType.FIX_3D,
        accuracy_m=round(5.0 * sky.hdop, 1),
        satellites=sky.satellites,
        hdop=sky.hdop,
        gps_minus_system_s=sky.gps_offset_s,
        distance_to_site_m=round(float(np.hypot(north_m, east_m)), 1),
    )
