"""The microphone of a staged visit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from edge_agent.readings import SAMPLE_RATE_HZ, SoundBlock
from sim.outages import Troubles
from sim.script import Noise, VisitScript, Voice
from sim.sound.background import RoomTone, SteadyNoise, direct_sound
from sim.sound.care_sounds import SYNTHESISERS, Synthesiser
from sim.sound.endless import EndlessSound, faded, in_room, room_response
from sim.sound.shapes import Wave, as_wave, samples_in
from sim.sound.speech import synthesise_speech
from visit_record.vocabulary import Modality, SoundCue

BLOCK_S = 4.8
# A fresh take of each short sound; longer ones would cost more to render than a device needs to hear them.
LONGEST_FRESH_S = 4.0
_STREAM = 2
_ANY_VOICE = Voice(150.0, 0.95)


@dataclass(frozen=True)
class SimulatedMicrophone:
    """What a script's noises sound like, rendered block by block over room tone; the same for the same seed.

    Implements :class:`edge_agent.ports.Sensor`; an hour is never held in memory. The script's conditions say how far
    away the sounds are, what steady noise lies under them and what the microphone makes of both; its outages and deeds
    take the microphone away or mute it. The visit begins at ``starts_at_ms`` of the monotonic clock::

        for block in SimulatedMicrophone(script).readings():
            framer.windows(block)
    """

    script: VisitScript
    starts_at_ms: int = 0

    @property
    def modality(self) -> Modality:
        """Sound."""
        return Modality.SOUND

    def readings(self) -> Iterator[SoundBlock]:
        """Yield blocks of 4.8 s from check-in to check-out, 16-bit like a real microphone's.

        Raises:
            SensorError: the script lets the microphone fail.
        """
        troubles = Troubles.of(self.script, Modality.SOUND)
        return troubles.interrupt(self._blocks(troubles), self.starts_at_ms)

    def _blocks(self, troubles: Troubles) -> Iterator[SoundBlock]:
        gain = np.float32(10 ** (self.script.conditions.gain_db / 20))
        for start, mix in self._mixes():
            mix[:] = 0 if troubles.blinds(start / SAMPLE_RATE_HZ) else mix * gain
            rounded = np.round(np.clip(mix, -1, 1) * 32_767) / np.float32(32_768)
            yield SoundBlock(self.starts_at_ms + start // 16, as_wave(rounded))

    def _mixes(self) -> Iterator[tuple[int, Wave]]:
        """What reaches the microphone, by the sample at which each block begins."""
        conditions = self.script.conditions
        rng, direct = np.random.default_rng([self.script.seed, _STREAM]), direct_sound(conditions.distance_m)
        tone, orchestra = RoomTone(rng), _Orchestra(rng, direct)
        noise = SteadyNoise.under_speech(conditions.noise_db, direct, self.script.seed)
        total, size = samples_in(self.script.duration_s), samples_in(BLOCK_S)
        for start in range(0, total, size):
            n = min(size, total - start)
            mix = tone.next(n)
            if noise is not None:
                mix += noise.next(n)
            for one in _sounding(self.script.noises, start / SAMPLE_RATE_HZ, (start + n) / SAMPLE_RATE_HZ):
                _add(mix, start, one, orchestra)
            yield start, mix


def _sounding(noises: Iterable[Noise], start_s: float, end_s: float) -> list[Noise]:
    return [noise for noise in noises if noise.start_s < end_s and noise.end_s > start_s]


class _Orchestra:
    """Gives every noise its sound: a fresh take where it is short, else the running sound of its kind and voice."""

    def __init__(self, rng: np.random.Generator, direct: float) -> None:
        self._rng, self._direct = rng, direct
        self._running: dict[tuple[SoundCue, Voice | None], EndlessSound] = {}
        self._short: dict[Noise, Wave] = {}

    def play(self, noise: Noise, offset: int, n: int) -> Wave:
        if noise.end_s - noise.start_s > LONGEST_FRESH_S:
            return self._endless(noise).next(n)
        if noise not in self._short:
            dry = _synthesiser(noise)(noise.end_s - noise.start_s, self._rng)
            self._short[noise] = in_room(dry, room_response(self._rng, self._direct))
        return self._short[noise][offset : offset + n]

    def forget(self, noise: Noise) -> None:
        self._short.pop(noise, None)

    def _endless(self, noise: Noise) -> EndlessSound:
        kind = (noise.cue, noise.voice)
        if kind not in self._running:
            self._running[kind] = EndlessSound(_synthesiser(noise), self._rng, self._direct)
        return self._running[kind]


def _synthesiser(noise: Noise) -> Synthesiser:
    if noise.cue is SoundCue.SPEECH:
        return partial(synthesise_speech, noise.voice or _ANY_VOICE)
    return SYNTHESISERS[noise.cue]


def _add(mix: Wave, block_start: int, noise: Noise, orchestra: _Orchestra) -> None:
    """Add what of the noise falls into the block that begins at sample ``block_start``."""
    noise_start = samples_in(noise.start_s)
    noise_end = noise_start + samples_in(noise.end_s - noise.start_s)
    begin, end = max(noise_start, block_start), min(noise_end, block_start + len(mix))
    if begin >= end:
        return
    sound = orchestra.play(noise, begin - noise_start, end - begin)
    shaped = faded(sound, first=begin == noise_start, last=end == noise_end)
    mix[begin - block_start : end - block_start] += shaped * np.float32(10 ** (noise.gain_db / 20))
    if end == noise_end:
        orchestra.forget(noise)
