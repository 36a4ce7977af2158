"""Staged voices: seeded, of the length and level that was asked for, and cheap."""

import numpy as np
import pytest

from sim.script import Voice
from sim.sound.speech import SPEECH_RMS, synthesise_speech

VOICE = Voice(200.0, 0.87)


def test_one_seed_says_the_same_and_another_something_else() -> None:
    first, again, other = (synthesise_speech(VOICE, 3.0, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


@pytest.mark.parametrize("duration_s", [0.0, 0.005, 0.3, 2.0, 61.7])
def test_speech_has_the_length_that_was_asked_for_and_never_clips(duration_s: float) -> None:
    speech = synthesise_speech(VOICE, duration_s, np.random.default_rng(4))
    assert len(speech) == round(duration_s * 16_000) and speech.dtype == np.float32
    assert np.all(np.abs(speech) < 1.0)


def test_speech_has_pauses_and_speaks_at_its_level() -> None:
    speech = synthesise_speech(VOICE, 20.0, np.random.default_rng(5))
    frames = np.sqrt(np.mean(speech.reshape(-1, 320) ** 2, axis=1))
    assert 0.05 < np.mean(frames < 1e-4) < 0.5
    assert np.sqrt(np.mean(frames[frames > 1e-3] ** 2)) == pytest.approx(SPEECH_RMS, rel=0.35)


def test_the_pitch_is_the_voice_s() -> None:
    for pitch_hz in (110.0, 220.0):
        speech = synthesise_speech(Voice(pitch_hz, 0.9), 20.0, np.random.default_rng(6))
        frames = speech.reshape(-1, 800) * np.hanning(800)
        voiced = frames[np.sqrt(np.mean(frames**2, axis=1)) > 0.01]
        cepstrum = np.fft.irfft(np.log(np.abs(np.fft.rfft(voiced, 1600)) + 1e-6))[:, 50:250]
        assert 16_000 / np.median(50 + np.argmax(cepstrum, axis=1)) == pytest.approx(pitch_hz, rel=0.3)
