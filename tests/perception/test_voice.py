"""Voices: told apart, gathered only from speech, and never shown."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.observations import VoiceObservation
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.voice import VoiceEncoder, Voiceprint, cosine, enrol_voice
from edge_agent.perception.voice_perceiver import HOP_MS, VoicePerceiver
from edge_agent.readings import HOP_SAMPLES
from sim.script import Voice
from sim.sound.shapes import coloured_noise
from sim.sound.speech import synthesise_speech

CAREGIVER, RECIPIENT, STRANGER = Voice(210.0, 0.85), Voice(110.0, 1.0), Voice(125.0, 1.05)


@pytest.fixture(scope="module")
def store(registry: Path) -> ModelStore:
    return ModelStore.open(registry)


@pytest.fixture(scope="module")
def encoder(store: ModelStore) -> VoiceEncoder:
    return VoiceEncoder(store)


@pytest.fixture(scope="module")
def enrolled(encoder: VoiceEncoder) -> Voiceprint:
    return enrol_voice(encoder, [_say(CAREGIVER, 6, text) for text in (1, 2, 3)])


def _say(voice: Voice, duration_s: float, text: int) -> NDArray[np.float32]:
    return synthesise_speech(voice, duration_s, np.random.default_rng(text))


def _hear(
    perceiver: VoicePerceiver, speech: NDArray[np.float32], at_ms: int = 0, probability: float = 1.0
) -> list[VoiceObservation]:
    starts = range(0, len(speech) - 2 * HOP_SAMPLES + 1, HOP_SAMPLES)
    return [
        one
        for i, s in enumerate(starts)
        for one in perceiver.hear(at_ms + i * HOP_MS, speech[s : s + 2 * HOP_SAMPLES], probability)
    ]


def _likeness(one: Voiceprint, other: Voiceprint) -> float:
    return cosine(one.embedding, other.embedding)


def test_a_voice_is_like_itself_in_other_words_and_unlike_others(encoder: VoiceEncoder, enrolled: Voiceprint) -> None:
    same = [_likeness(enrol_voice(encoder, [_say(CAREGIVER, 5, text)]), enrolled) for text in range(10, 14)]
    others = [
        _likeness(enrol_voice(encoder, [_say(voice, 5, text)]), enrolled)
        for voice in (RECIPIENT, STRANGER)
        for text in range(10, 14)
    ]
    assert min(same) > 0.85
    assert max(others) < 0.78


def test_pauses_do_not_change_a_voice(encoder: VoiceEncoder) -> None:
    speech = _say(CAREGIVER, 4, 5)
    drawn_out = np.concatenate([np.concatenate([part, np.zeros(8_000, np.float32)]) for part in np.split(speech, 4)])
    assert np.dot(encoder.embed(speech), encoder.embed(drawn_out)) > 0.95
    assert encoder.listen(drawn_out).speech_s == pytest.approx(encoder.listen(speech).speech_s, abs=0.7)


def test_loudness_does_not_change_a_voice(encoder: VoiceEncoder) -> None:
    speech = _say(CAREGIVER, 4, 5)
    assert np.allclose(encoder.embed(speech), encoder.embed(speech * np.float32(0.02)), atol=1e-3)


def test_five_seconds_of_speech_give_an_observation(store: ModelStore, enrolled: Voiceprint) -> None:
    (heard,) = _hear(VoicePerceiver(store, enrolled), _say(CAREGIVER, 5.5, 20), at_ms=60_000)
    assert heard.at_ms == 60_000 + HOP_MS
    assert 3.0 < heard.speech_s <= 4.8
    assert heard.similarity is not None and heard.similarity > 0.85


def test_two_people_in_one_stretch_are_two_observations(store: ModelStore, enrolled: Voiceprint) -> None:
    talk = np.concatenate([_say(CAREGIVER, 3.0, 20)[-44_000:], _say(RECIPIENT, 3.0, 21)[-45_000:]])
    first, second = _hear(VoicePerceiver(store, enrolled), talk)
    assert first.similarity is not None and second.similarity is not None
    assert first.similarity > 0.8 > second.similarity
    assert (first.speaker, second.speaker) == (0, 1)
    assert 1_500 < second.at_ms - first.at_ms < 3_500
    assert first.speech_s + second.speech_s <= 4.8


def test_speech_that_noise_covers_is_nobodys_and_not_a_strangers(store: ModelStore, enrolled: Voiceprint) -> None:
    speech = _say(CAREGIVER, 11.0, 20)
    noise = 0.05 * coloured_noise(len(speech), -3, np.random.default_rng(1))
    assert _hear(VoicePerceiver(store, enrolled), np.asarray(speech + 1.6 * noise, np.float32)) == []
    clear = _hear(VoicePerceiver(store, enrolled), np.asarray(speech + 0.3 * noise, np.float32))
    assert len(clear) == 2 and {one.speaker for one in clear} == {0}


def test_nobody_enrolled_is_not_a_similarity_of_zero(store: ModelStore) -> None:
    (heard,) = _hear(VoicePerceiver(store, None), _say(CAREGIVER, 5.5, 20))
    assert heard.similarity is None


def test_what_is_not_speech_is_never_gathered(store: ModelStore, enrolled: Voiceprint) -> None:
    assert _hear(VoicePerceiver(store, enrolled), _say(CAREGIVER, 20, 20), probability=0.4) == []


def test_a_pause_ends_a_stretch_that_is_long_enough(store: ModelStore, enrolled: Voiceprint) -> None:
    perceiver = VoicePerceiver(store, enrolled)
    assert _hear(perceiver, _say(CAREGIVER, 3.4, 20)) == []
    (heard,) = perceiver.hear(3_360, np.zeros(2 * HOP_SAMPLES, np.float32), 0.0)
    assert 1.6 <= heard.speech_s <= 2.88


def test_words_minutes_apart_are_not_joined_into_one_voice(store: ModelStore, enrolled: Voiceprint) -> None:
    perceiver = VoicePerceiver(store, enrolled)
    assert _hear(perceiver, _say(RECIPIENT, 2.0, 20)) == []
    (heard,) = _hear(perceiver, _say(CAREGIVER, 5.5, 21), at_ms=120_000)
    assert heard.at_ms > 120_000


def test_speakers_are_numbered_in_the_order_they_are_first_heard(store: ModelStore) -> None:
    perceiver = VoicePerceiver(store, None)
    turns = [CAREGIVER, RECIPIENT, CAREGIVER, STRANGER, RECIPIENT]
    heard = [_hear(perceiver, _say(voice, 5.4, 30 + turn), turn * 30_000) for turn, voice in enumerate(turns)]
    assert [one.speaker for turn in heard for one in turn] == [0, 1, 0, 2, 1]


def test_digital_silence_taken_for_speech_is_no_voice(store: ModelStore, enrolled: Voiceprint) -> None:
    assert _hear(VoicePerceiver(store, enrolled), np.zeros(16_000 * 6, np.float32)) == []


@pytest.mark.parametrize("takes", [[], [np.ones(1000, np.float32)], [np.zeros(32_000, np.float32)]])
def test_no_voice_is_enrolled_from_nothing(encoder: VoiceEncoder, takes: list[NDArray[np.float32]]) -> None:
    with pytest.raises(ValueError, match="voice"):
        enrol_voice(encoder, takes)


def test_printing_a_voiceprint_shows_nothing_of_it(enrolled: Voiceprint) -> None:
    assert repr(enrolled) == "Voiceprint()"
