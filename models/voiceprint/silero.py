"""Silero's voice activity, a reference to measure ours against; no part of the device."""

from pathlib import Path

import numpy as np

from edge_agent.perception.inference import open_session
from edge_agent.readings import SAMPLE_RATE_HZ
from models.voiceprint.corpus import Wave

STEP, CONTEXT = 512, 64
LIKELY = 0.5


class SileroActivity:
    """Silero VAD, 32 ms at a time; each step sees the 4 ms before it."""

    def __init__(self, model: Path) -> None:
        self._session = open_session(model.read_bytes())
        self._named = {one.name for one in self._session.get_inputs()}

    def active_speech(self, samples: Wave) -> Wave:
        """The steps that hold speech, one after the other, and one step on each side of them."""
        steps = len(samples) // STEP
        padded = np.pad(samples[: steps * STEP], (CONTEXT, 0))
        active = np.convolve(self._probabilities(padded, steps) >= LIKELY, np.ones(3))[1:-1] > 0
        return samples[: steps * STEP].reshape(-1, STEP)[active].reshape(-1)

    def _probabilities(self, padded: Wave, steps: int) -> Wave:
        state, found = np.zeros((2, 1, 128), np.float32), []
        for step in range(steps):
            feed = {"input": padded[None, step * STEP : (step + 1) * STEP + CONTEXT], "state": state}
            if "sr" in self._named:
                feed["sr"] = np.array(SAMPLE_RATE_HZ, np.int64)
            probability, state = self._session.run(None, feed)
            found.append(float(probability.reshape(-1)[0]))
        return np.array(found, np.float32)
