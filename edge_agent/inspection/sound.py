"""One sound file, as the care-sound model hears it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import UnreadableFileError
from edge_agent.observations import SoundObservation
from edge_agent.perception.sound import CareSoundClassifier, SoundFramer
from edge_agent.readings import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from edge_agent.sensors.sound_file import SoundFile
from visit_record.vocabulary import SoundCue

# A window this much quieter than the loudest holds only what is behind the file's sound.
_FAINT_DB = 30.0
_SUREST = 1e-6


def inspect_sound(path: Path, classifier: CareSoundClassifier) -> dict[str, object]:
    """What a WAV or FLAC file holds: ``{"file", "cues": {cue: 0..1}, "windows": [{"t_s", cue: 0..1}]}``.

    Raises:
        UnreadableFileError: as :func:`hear`.
    """
    heard = hear(path, classifier)
    confidence = file_confidence(heard)
    return {
        "file": str(path),
        "cues": {cue.value: round(p, 4) for cue, p in confidence.items()},
        "windows": [
            {"t_s": one.at_ms / 1000} | {cue.value: round(one.probability(cue), 4) for cue in SoundCue} for one in heard
        ],
    }


def hear(path: Path, classifier: CareSoundClassifier) -> list[SoundObservation]:
    """Every window of a file.

    Raises:
        UnreadableFileError: as :meth:`SoundFile.readings`, or the file is shorter than one window.
    """
    framer, heard, samples = SoundFramer(), list[SoundObservation](), 0
    for block in SoundFile(path).readings():
        samples += len(block.samples)
        heard += classifier.classify_all(framer.windows(block))
    if not heard:
        has_s, needs_s = samples / SAMPLE_RATE_HZ, WINDOW_SAMPLES / SAMPLE_RATE_HZ
        raise UnreadableFileError(
            f"{path} is too short: {has_s:.2f} s of sound, and {needs_s:g} s or more are needed",
            f"{path} 太短：只有 {has_s:.2f} 秒声音，至少要 {needs_s:g} 秒",
        )
    return heard


def file_confidence(heard: Sequence[SoundObservation]) -> dict[SoundCue, float]:
    """Confidence of each cue for a whole file of at least one window: the mean log-odds of its better half.

    Quiet is the mean over all windows.
    """
    probabilities = np.array([one.probabilities for one in heard])
    better = better_half(log_odds(probabilities), np.array([one.level_dbfs for one in heard]))
    confidence = dict(zip(SoundCue, (1 / (1 + np.exp(-better))).tolist(), strict=True))
    return confidence | {SoundCue.QUIET: float(probabilities[:, list(SoundCue).index(SoundCue.QUIET)].mean())}


def better_half(log_odds: NDArray[np.float64], levels_dbfs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cue by cue, the mean over the greater half of the log-odds [windows, cues] of the windows that are not faint.

    What is struck now and then counts, a single odd window does not.
    """
    loud = np.sort(log_odds[levels_dbfs > levels_dbfs.max() - _FAINT_DB], axis=0)[::-1]
    return np.asarray(loud[: -(-len(loud) // 2)].mean(axis=0))


def log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural logarithm of the odds, nothing being surer than a million to one."""
    held = np.clip(probabilities, _SUREST, 1 - _SUREST)
    return np.asarray(np.log(held / (1 - held)))
