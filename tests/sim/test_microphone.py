import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from edge_agent.perception.sound import Fingerprinter
from sim.script import Noise, Sky, VisitScript, Voice
from sim.sound.care_sounds import SYNTHESISERS
from sim.sound.endless import EndlessSound
from sim.sound.microphone import SimulatedMicrophone
from visit_record.vocabulary import SoundCue


def script(*noises: Noise, duration_s: float = 60.0, seed: int = 1) -> VisitScript:
    return VisitScript(seed, 1_750_000_000_000, duration_s, (), noises, (), Sky(31.2, 121.5))


def rendered(staged: VisitScript) -> NDArray[np.float32]:
    return np.concatenate([block.samples for block in SimulatedMicrophone(staged).readings()])


@pytest.mark.parametrize("cue", SYNTHESISERS)
def test_every_sound_has_its_length_and_no_two_takes_are_alike(cue: SoundCue) -> None:
    for duration_s in (0.9, 2.5):
        takes = [SYNTHESISERS[cue](duration_s, np.random.default_rng(seed)) for seed in (1, 1, 2)]
        assert all(take.dtype == np.float32 and len(take) == duration_s * 16_000 for take in takes)
        assert np.array_equal(takes[0], takes[1])
        assert np.isfinite(takes[2]).all() and not np.array_equal(takes[0], takes[2])


def test_same_script_sounds_the_same_and_another_seed_does_not() -> None:
    noise = Noise(2, 20, SoundCue.WATER)
    assert np.array_equal(rendered(script(noise, duration_s=30)), rendered(script(noise, duration_s=30)))
    assert not np.array_equal(rendered(script(noise, duration_s=30)), rendered(script(noise, duration_s=30, seed=2)))


def test_sound_is_heard_when_the_script_says_and_not_else() -> None:
    whole = rendered(script(Noise(7.3, 31.1, SoundCue.APPLIANCE), Noise(40, 42, SoundCue.COUGH)))
    level = np.sqrt(np.square(whole).reshape(-1, 1_600).mean(axis=1))
    loud = np.flatnonzero(level > 0.003) / 10
    assert len(whole) == 60 * 16_000
    assert loud.min() == pytest.approx(7.3, abs=0.11)
    assert loud[loud < 35].max() == pytest.approx(31.0, abs=0.11)
    assert ((loud < 31.2) | ((loud >= 39.9) & (loud <= 42.1))).all()
    assert np.all(level > 1e-4)


def test_block_times_follow_the_monotonic_clock() -> None:
    blocks = list(SimulatedMicrophone(script(duration_s=12), starts_at_ms=5_000).readings())
    assert [(block.at_ms, len(block.samples)) for block in blocks] == [
        (5_000, 76_800),
        (9_800, 76_800),
        (14_600, 38_400),
    ]


def test_gain_is_in_decibels() -> None:
    loud, soft = (rendered(script(Noise(0, 60, SoundCue.APPLIANCE, gain_db))) for gain_db in (0.0, -12.0))
    assert 20 * np.log10(np.std(loud) / np.std(soft)) == pytest.approx(12, abs=0.5)


def test_long_television_never_sounds_like_a_replay_of_itself() -> None:
    staged = script(
        Noise(0, 600, SoundCue.MEDIA), Noise(60, 500, SoundCue.SPEECH, 0.0, Voice(210, 0.86)), duration_s=600
    )
    printer = Fingerprinter()
    bits = [int(f.bits, 16) for block in SimulatedMicrophone(staged).readings() for f in printer.fingerprints(block)]
    assert len(bits) == 20
    assert min((a ^ b).bit_count() for i, a in enumerate(bits) for b in bits[:i]) >= 10


def test_no_half_second_of_a_long_sound_comes_back_as_it_was() -> None:
    sound = EndlessSound(SYNTHESISERS[SoundCue.TABLEWARE], np.random.default_rng(3)).next(16_000 * 120)
    for start in (16_000, 320_000):
        piece = sound[start : start + 8_000]
        energy = signal.oaconvolve(np.square(sound), np.ones(len(piece)), "valid")
        likeness = signal.correlate(sound, piece, "valid") / np.sqrt(energy * np.square(piece).sum() + 1e-12)
        likeness[start - 8_000 : start + 8_000] = 0
        assert likeness.max() < 0.99


def test_an_hour_is_never_held_in_memory() -> None:
    microphone = SimulatedMicrophone(script(Noise(0, 600, SoundCue.WATER), duration_s=600)).readings()
    next(microphone)
    tracemalloc.start()
    for _ in microphone:
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000
