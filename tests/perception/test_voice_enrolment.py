"""A caregiver's voiceprint: enough speech, several takes, one voice, in quiet; and what to do where that is not so."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.voice import VoiceEncoder
from edge_agent.perception.voice_enrolment import EnrolmentRefusedError, enrol_caregiver
from sim.script import Voice
from sim.sound.speech import synthesise_speech

CAREGIVER, STRANGER = Voice(210.0, 0.85), Voice(115.0, 1.05)

Takes = list[NDArray[np.float32]]


@pytest.fixture(scope="module")
def encoder(registry: Path) -> VoiceEncoder:
    return VoiceEncoder(ModelStore.open(registry))


@pytest.fixture(scope="module")
def takes() -> Takes:
    return [_say(CAREGIVER, text) for text in range(3)]


def _say(voice: Voice, text: int, seconds: float = 9.0) -> NDArray[np.float32]:
    return synthesise_speech(voice, seconds, np.random.default_rng(text))


def _noisy(take: NDArray[np.float32]) -> NDArray[np.float32]:
    noise = np.random.default_rng(9).standard_normal(len(take))
    return np.asarray(take + 0.05 * noise, np.float32)


def test_twenty_seconds_over_several_takes_enrol_the_same_each_time(encoder: VoiceEncoder, takes: Takes) -> None:
    first, second = (enrol_caregiver(encoder, takes).embedding for _ in range(2))
    assert first.shape == (256,) and np.linalg.norm(first) == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(first, second)


@pytest.mark.parametrize(
    ("case", "says_en", "says_zh"),
    [
        ("nothing", "20.0 s of speech are missing", "还差 20.0 秒"),
        ("one short take", "s of speech are missing; record another take", "请再录一段"),
        ("one long take", "it takes 2 takes or more", "至少要录 2 段"),
        ("silent take", "take 2 holds too little speech", "第 2 段没有足够的语音"),
        ("too short a take", "take 3 holds too little speech", "第 3 段没有足够的语音"),
        ("noisy take", "take 2 is too noisy", "第 2 段太吵"),
        ("another's take", "take 2 is unlike the others", "第 2 段与其他各段"),
        ("two people", "the two takes are unlike each other", "两段声音不像同一个人"),
    ],
)
def test_a_refusal_says_what_to_record(
    encoder: VoiceEncoder, takes: Takes, case: str, says_en: str, says_zh: str
) -> None:
    first, second, third = takes
    given = {
        "nothing": [],
        "one short take": [first],
        "one long take": [_say(CAREGIVER, 7, 30.0)],
        "silent take": [first, np.zeros(160_000, np.float32), third],
        "too short a take": [first, second, third[:20_000]],
        "noisy take": [first, _noisy(second), third],
        "another's take": [first, _say(STRANGER, 5), second, third],
        "two people": [_say(CAREGIVER, 5, 14.0), _say(STRANGER, 6, 14.0)],
    }[case]
    with pytest.raises(EnrolmentRefusedError) as refused:
        enrol_caregiver(encoder, given)
    assert says_en in refused.value.en and says_zh in refused.value.zh
    assert "\n" not in str(refused.value)
