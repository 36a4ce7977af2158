"""Pauses within speech are found by level, however loud it is and whatever fills them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.perception.voice_activity import active_frames, active_speech

HALF_S = 8_000


def _words_and_pauses(floor: float, gain: float = 1.0) -> NDArray[np.float32]:
    """Half a second of loud noise, half a second of soft, four times."""
    rng = np.random.default_rng(1)
    level = np.tile(np.repeat([0.1, floor], HALF_S), 4)
    return np.asarray(gain * level * rng.standard_normal(len(level)), np.float32)


@pytest.mark.parametrize("floor", [0.0, 1e-4, 1e-3, 0.02])
@pytest.mark.parametrize("gain", [0.003, 1.0])
def test_pauses_are_stripped_but_for_a_margin_around_words(floor: float, gain: float) -> None:
    active = active_frames(_words_and_pauses(floor, gain)).reshape(8, 25)
    assert active[::2].all()
    assert active[1::2, 5:20].sum() == 0


def test_speech_without_a_pause_is_kept_whole() -> None:
    steady = np.random.default_rng(2).standard_normal(32_000).astype(np.float32)
    assert len(active_speech(steady)) == 32_000


@pytest.mark.parametrize("samples", [0, 100, 16_000])
def test_digital_silence_holds_no_speech(samples: int) -> None:
    assert len(active_speech(np.zeros(samples, np.float32))) == 0
