"""Takes steady noise out of speech before voices are compared, and says how much of it there was. Pure.

Spectral subtraction after Boll (IEEE ASSP-27, 1979): what the softest moments of a stretch hold in each frequency is
taken to be there all the time. The voice encoder's mel spectrogram has no logarithm, so noise adds to it, and taking it
away again helps; how much, the card of the voiceprint says.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.readings import SAMPLE_RATE_HZ

FRAME = 512
HOP = 128
# Noise is judged over at most this long; it may change after that.
BLOCK_SAMPLES = 10 * SAMPLE_RATE_HZ
SMOOTHED_FRAMES = 5
NOISE_QUANTILE = 0.2
# Power in the softest fifth of the frames to the mean power of the noise.
NOISE_RATIO = 2.0
SUBTRACTED = 1.5
LEAST_GAIN = 0.1
# What is told of a stretch without any noise.
MOST_SNR_DB = 60.0
_WINDOW = np.sqrt(np.hanning(FRAME + 1)[:-1]).astype(np.float32)
_NOTHING = np.float32(1e-15)

Spectra = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class CleanSpeech:
    """Speech as long as what was cleaned, float32 [n] at 16 kHz, and how far it stood above the noise in it."""

    samples: NDArray[np.float32]
    snr_db: float


def clean_speech(samples: NDArray[np.float32]) -> CleanSpeech:
    """Take out of speech at 16 kHz, of any length, the noise that its softest moments show.

    A stretch too short to hold a soft moment comes back as it was, at 0 dB: nothing can be said of its noise.
    """
    if len(samples) < 2 * FRAME:
        return CleanSpeech(samples, 0.0)
    blocks = np.array_split(samples, math.ceil(len(samples) / BLOCK_SAMPLES))
    cleaned = [_clean_block(np.asarray(block, np.float32)) for block in blocks]
    return CleanSpeech(
        np.concatenate([one.samples for one in cleaned]), float(np.mean([one.snr_db for one in cleaned]))
    )


def _clean_block(samples: NDArray[np.float32]) -> CleanSpeech:
    whole = math.ceil(len(samples) / HOP) * HOP
    padded = np.pad(samples, (FRAME, FRAME + whole - len(samples)))
    spectra = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP] * _WINDOW)
    power = np.asarray(np.abs(spectra) ** 2, np.float32)
    smooth = _smoothed(power)
    # The frames that reach beyond the stretch hold silence, which is not the room's.
    noise = _noise(smooth[FRAME // HOP : -FRAME // HOP])
    gain = np.sqrt(np.maximum(1 - SUBTRACTED * noise / ((power + smooth) / 2 + _NOTHING), LEAST_GAIN**2))
    sound = _overlap_add(np.fft.irfft(spectra * gain, FRAME).astype(np.float32) * _WINDOW)
    return CleanSpeech(sound[FRAME : FRAME + len(samples)] / (FRAME // HOP / 2), _snr_db(power, noise))


def _smoothed(power: Spectra) -> Spectra:
    """Mean of each frame and the four before it."""
    summed = np.cumsum(np.pad(power, ((SMOOTHED_FRAMES, 0), (0, 0))), axis=0, dtype=np.float64)
    return np.asarray((summed[SMOOTHED_FRAMES:] - summed[:-SMOOTHED_FRAMES]) / SMOOTHED_FRAMES, np.float32)


def _noise(smooth: Spectra) -> Spectra:
    return np.asarray(NOISE_RATIO * np.quantile(smooth, NOISE_QUANTILE, axis=0), np.float32)


def _snr_db(power: Spectra, noise: Spectra) -> float:
    """The louder frames' power above the noise, by the noise."""
    energy, floor = power.sum(axis=1, dtype=np.float64), float(noise.sum())
    speech = float(np.mean(energy[energy >= np.quantile(energy, 0.4)])) - floor
    if floor <= 0:
        return MOST_SNR_DB if speech > 0 else 0.0
    return float(np.clip(10 * np.log10(max(speech / floor, 0.001)), -30.0, MOST_SNR_DB))


def _overlap_add(pieces: NDArray[np.float32]) -> NDArray[np.float32]:
    parts = pieces.reshape(len(pieces), FRAME // HOP, HOP)
    sound = np.zeros((len(pieces) + FRAME // HOP - 1, HOP), np.float32)
    for index in range(FRAME // HOP):
        sound[index : index + len(pieces)] += parts[:, index]
    return sound.reshape(-1)
