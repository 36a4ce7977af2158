"""Measure the voiceprint on LibriSpeech: ``python -m models.voiceprint.evaluate DATA``; the card holds what it prints.

One utterance a speaker: the first half enrols, the second is compared, so both come from one microphone on one day.
The threshold is picked on every other speaker and the figures are those of the rest.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.voice import VoiceEncoder
from edge_agent.readings import SAMPLE_RATE_HZ

REGISTRY = Path(__file__).parents[1] / "registry.toml"
SPEECH_S = (1.6, 3.2, 4.8)
RESAMPLINGS = 200

Scores = NDArray[np.float64]


def main(data: Path) -> None:
    """Print one line for each length of speech."""
    utterances = [soundfile.read(path, dtype="float32")[0] for path in _files(data)]
    encoder = VoiceEncoder(ModelStore.open(REGISTRY))
    for speech_s in SPEECH_S:
        scores = similarities(utterances, speech_s, encoder)
        everybody = np.arange(len(scores))
        threshold, _ = equal_error(*_parts(scores, everybody[::2]))
        same, other = _parts(scores, everybody[1::2])
        rate, (low, high) = equal_error(same, other)[1], np.quantile(_resampled(scores[1::2, 1::2]), [0.025, 0.975])
        sys.stdout.write(
            f"{speech_s} s, {len(same)} speakers held out: EER {rate:.2%} ({low:.2%}..{high:.2%}); at {threshold:.3f}"
            f" misses {np.mean(same < threshold):.2%}, false matches {np.mean(other >= threshold):.2%};"
            f" same {same.mean():.2f} (sd {same.std():.2f}), other {other.mean():.2f} (sd {other.std():.2f})\n"
        )


def similarities(utterances: list[NDArray[np.float32]], speech_s: float, encoder: VoiceEncoder) -> Scores:
    """Cosine of each first half (rows) with ``speech_s`` seconds of each second half; too short ones are left out."""
    samples = round(speech_s * SAMPLE_RATE_HZ)
    long = [sound for sound in utterances if len(sound) >= 2 * max(SPEECH_S) * SAMPLE_RATE_HZ]
    enrolled = np.array([encoder.embed(sound[: len(sound) // 2]) for sound in long], np.float64)
    heard = np.array([encoder.embed(sound[len(sound) // 2 :][:samples]) for sound in long], np.float64)
    return np.asarray(enrolled @ heard.T)


def equal_error(same: Scores, other: Scores) -> tuple[float, float]:
    """The threshold at which misses and false matches are equally frequent, and how frequent they are."""
    thresholds = np.unique(np.concatenate([same, other]))
    misses = np.searchsorted(np.sort(same), thresholds) / len(same)
    false = 1 - np.searchsorted(np.sort(other), thresholds) / len(other)
    best = int(np.argmin(np.abs(misses - false)))
    return float(thresholds[best]), float((misses[best] + false[best]) / 2)


def _resampled(scores: Scores) -> list[float]:
    """Equal error rates of speakers drawn with replacement."""
    rng = np.random.default_rng(0)
    draws = [rng.integers(len(scores), size=len(scores)) for _ in range(RESAMPLINGS)]
    return [equal_error(*_parts(scores, drawn))[1] for drawn in draws]


def _parts(scores: Scores, speakers: NDArray[np.int64]) -> tuple[Scores, Scores]:
    """Similarities of the speakers with themselves, and of every two different ones."""
    different = speakers[:, None] != speakers[None, :]
    return scores[speakers, speakers], scores[np.ix_(speakers, speakers)][different]


def _files(data: Path) -> list[Path]:
    return sorted((data / "speech" / "librispeech_train-clean-100").glob("*.flac"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
