"""Steady noise is taken out of speech and told of; speech stays what and where it was."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.speech_cleaning import MOST_SNR_DB, clean_speech
from edge_agent.perception.voice import VoiceEncoder, cosine
from sim.script import Voice
from sim.sound.shapes import coloured_noise
from sim.sound.speech import synthesise_speech

SPEECH_RMS = 0.05


def _speech(seconds: float = 5.0) -> NDArray[np.float32]:
    return synthesise_speech(Voice(200, 0.87), seconds, np.random.default_rng(4))


def _noisy(snr_db: float, seconds: float = 5.0) -> NDArray[np.float32]:
    speech = _speech(seconds)
    noise = coloured_noise(len(speech), -3, np.random.default_rng(5))
    return np.asarray(speech + SPEECH_RMS * 10 ** (-snr_db / 20) * noise, np.float32)


def test_what_is_clean_stays_in_place() -> None:
    speech = _speech()
    clean = clean_speech(speech).samples
    assert clean.dtype == np.float32 and clean.shape == speech.shape
    assert np.corrcoef(clean, speech)[0, 1] > 0.99


@pytest.mark.parametrize("snr_db", [0.0, 5.0, 10.0, 20.0])
def test_the_noise_is_told_of(snr_db: float) -> None:
    assert clean_speech(_noisy(snr_db)).snr_db == pytest.approx(snr_db, abs=5.0)


def test_cleaning_brings_a_noisy_voice_nearer_to_itself(registry: Path) -> None:
    encoder = VoiceEncoder(ModelStore.open(registry))
    own, noisy = encoder.embed(_speech()), _noisy(5.0)
    plain = encoder._pieces(noisy).mean(axis=0)
    assert cosine(own, encoder.embed(noisy)) > cosine(own, plain / np.linalg.norm(plain)) + 0.03


@pytest.mark.parametrize("samples", [0, 1, 600, 1023, 1024, 1025, 16_001, 170_000])
def test_any_length_comes_back_as_long(samples: int) -> None:
    noise = np.random.default_rng(6).standard_normal(samples).astype(np.float32)
    assert clean_speech(noise).samples.shape == (samples,)


def test_noise_alone_is_no_speech_above_noise() -> None:
    noise = np.random.default_rng(7).standard_normal(80_000).astype(np.float32)
    assert clean_speech(noise).snr_db < 0.0


def test_silence_is_not_infinitely_clear() -> None:
    assert clean_speech(np.zeros(80_000, np.float32)).snr_db == 0.0
    spoken = np.zeros(80_000, np.float32)
    spoken[:40_000] = _speech(2.5)
    assert clean_speech(spoken).snr_db <= MOST_SNR_DB
