"""Which sounds are heard for what they are, clip by clip, and what else they are taken for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from edge_agent.evidence.intervals import clipped, total_ms
from edge_agent.evidence.sound import heard_spans
from edge_agent.observations import SoundObservation
from edge_agent.perception.sound import CareSoundClassifier, SoundFramer
from edge_agent.readings import SAMPLE_RATE_HZ, SoundBlock
from models.care_sound import rooms
from models.care_sound.data import Clip, synthesise
from models.care_sound.figures import REAL_CUES
from models.voiceprint.rooms import ROOMS, in_room
from models.voiceprint.rooms import rooms as living_rooms
from sim.senses.conditions import (
    BESIDE_MEDIA,
    FAR,
    GAINS_DB,
    NOISES_DB,
    PLAIN,
    SPEECH_DBFS,
    STEADY_DBFS,
    gain_name,
    noise_name,
    steady_name,
)
from sim.senses.measured import Heard, SoundRow, SteadyRow
from sim.sound.media import media
from visit_record.vocabulary import SoundCue

Wave = rooms.Wave
# What the simulator's sounds have at the device, the middle of their range; a television is as loud as in sim.sound.
USUAL_DBFS: Mapping[SoundCue, float] = {
    SoundCue.SPEECH: -30.0,
    SoundCue.MEDIA: -34.0,
    SoundCue.TABLEWARE: -32.0,
    SoundCue.EATING: -36.5,
    SoundCue.WATER: -34.0,
    SoundCue.CLOTH: -40.0,
    SoundCue.SWEEPING: -36.0,
    SoundCue.APPLIANCE: -36.0,
    SoundCue.FOOTSTEPS: -40.0,
    SoundCue.DOOR: -34.0,
    SoundCue.COUGH: -32.0,
}
# Cues for which there are no recordings.
SYNTHETIC = tuple(cue for cue in USUAL_DBFS if cue not in {*REAL_CUES, SoundCue.SPEECH})
NEAR_M, AWAY_M, FAINTER_DB = 2.0, 5.0, 5.0
TONE_DBFS = -75.0
PLAYED_S = 12.0
SHORT_S = {SoundCue.DOOR: 2.0, SoundCue.FOOTSTEPS: 6.0}
STILL_S = 1.5
LEAST_SHARE = 0.04


def sound_rows(
    clips: Iterable[Clip], takes: range, classifier: CareSoundClassifier, progress: Callable[[str], None]
) -> list[SoundRow]:
    """A row for each cue of each clip, and for each synthetic take of the cues without recordings."""
    real = [(cue, clip, True) for clip in clips for cue in sorted(clip.cues)]
    staged = [(cue, _take(cue, take), False) for cue in SYNTHETIC for take in takes]
    rows = []
    for number, (cue, clip, is_real) in enumerate([*real, *staged]):
        if number % 20 == 0:
            progress(f"sounds: {number} of {len(real) + len(staged)}")
        heard = {name: _heard(wave, start_s, cue, clip, classifier) for name, wave, start_s in _ways(cue, clip)}
        rows.append(SoundRow(cue, clip.source, is_real, heard))
    return rows


def steady_rows(seeds: range, classifier: CareSoundClassifier) -> list[SteadyRow]:
    """What steady noise alone is taken for; synthetic data alone."""
    return [SteadyRow(f"noise-{seed}", dict(_levels(seed, classifier))) for seed in seeds]


def _take(cue: SoundCue, take: int) -> Clip:
    rng = np.random.default_rng([0x5C0, list(SoundCue).index(cue), take])
    unknown = frozenset({SoundCue.SPEECH}) if cue is SoundCue.MEDIA else frozenset[SoundCue]()
    samples = synthesise(cue, SHORT_S.get(cue, PLAYED_S), rng)
    return Clip(f"{cue}-{take}", cue.value, f"staged-{cue}-{take}", samples, frozenset({cue}), unknown)


def _ways(cue: SoundCue, clip: Clip) -> Iterator[tuple[str, Wave, float]]:
    """The clip in each condition, and the second at which it begins."""
    rng = np.random.default_rng([int.from_bytes(clip.source.encode()[-4:], "little"), list(SoundCue).index(cue)])
    room, usual_dbfs = int(rng.integers(ROOMS)), USUAL_DBFS[cue]
    near = _placed(cue, clip, NEAR_M, room, usual_dbfs)
    still = STILL_S if cue in SHORT_S else 0.0
    yield PLAIN, _quietly(near, rng), still
    yield FAR, _quietly(_placed(cue, clip, AWAY_M, room, usual_dbfs - FAINTER_DB), rng), still
    hiss = np.resize(rooms.noise(rng), len(near))
    for noise_db in NOISES_DB:
        yield noise_name(noise_db), _quietly(near + hiss * _times(SPEECH_DBFS + noise_db), rng), still
    for gain_db in GAINS_DB:
        yield gain_name(gain_db), _quietly(near * _times(gain_db), rng), still
    if cue is not SoundCue.MEDIA:
        programme = rooms.at_level(media(len(near) / SAMPLE_RATE_HZ, rng), USUAL_DBFS[SoundCue.MEDIA])
        yield BESIDE_MEDIA, _quietly(near + programme, rng), still


def _placed(cue: SoundCue, clip: Clip, distance_m: float, room: int, dbfs: float) -> Wave:
    length = int(SHORT_S.get(cue, PLAYED_S) * SAMPLE_RATE_HZ)
    wet = in_room(np.resize(clip.samples, length).astype(np.float32), living_rooms(distance_m)[room])
    still = np.zeros(int(STILL_S * SAMPLE_RATE_HZ) if cue in SHORT_S else 0, np.float32)
    return np.concatenate([still, rooms.at_level(wet, dbfs), still])


def _quietly(wave: Wave, rng: np.random.Generator) -> Wave:
    tone = rng.standard_normal(len(wave), np.float32) * _times(TONE_DBFS)
    return np.asarray(np.clip(wave + tone, -1, 1), np.float32)


def _times(decibels: float) -> np.float32:
    return np.float32(10 ** (decibels / 20))


def _heard(wave: Wave, start_s: float, cue: SoundCue, clip: Clip, classifier: CareSoundClassifier) -> Heard:
    seen = classifier.classify_all(SoundFramer().windows(SoundBlock(0, wave)))
    begin_ms, end_ms = round(1000 * start_s), round(1000 * (len(wave) / SAMPLE_RATE_HZ - start_s))
    shares = {one: _share(seen, one, begin_ms, end_ms) for one in SoundCue}
    besides = {one: share for one, share in shares.items() if one not in clip.cues and share > LEAST_SHARE}
    return Heard(shares[cue], _confidence(seen, cue), besides)


def _share(seen: Sequence[SoundObservation], cue: SoundCue, begin_ms: int, end_ms: int) -> float:
    spans = clipped(heard_spans(seen, cue), begin_ms, end_ms)
    return round(total_ms(spans) / (end_ms - begin_ms), 2)


def _confidence(seen: Sequence[SoundObservation], cue: SoundCue) -> float:
    """Mean probability of the windows within what was heard, as the record's intervals have it."""
    spans, told = heard_spans(seen, cue), [(one.at_ms, one.probability(cue)) for one in seen]
    inside = [p for at_ms, p in told if any(begin <= at_ms < end - 900 for begin, end in spans)]
    return round(float(np.mean(inside)), 2) if inside else 0.0


def _levels(seed: int, classifier: CareSoundClassifier) -> Iterator[tuple[str, dict[SoundCue, float]]]:
    rng = np.random.default_rng([seed, 0x57])
    hiss = np.resize(rooms.noise(rng), int(PLAYED_S * SAMPLE_RATE_HZ))
    for level_dbfs in STEADY_DBFS:
        wave = _quietly(hiss * _times(level_dbfs), rng)
        seen = classifier.classify_all(SoundFramer().windows(SoundBlock(0, wave)))
        end_ms = round(1000 * PLAYED_S)
        shares = {cue: _share(seen, cue, 0, end_ms) for cue in SoundCue}
        yield steady_name(level_dbfs), {cue: share for cue, share in shares.items() if share > LEAST_SHARE}
