"""Sound in memory to what is heard: windows, levels, probabilities of care sounds, fingerprints. No speech content."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import ModelError
from edge_agent.observations import FingerprintObservation, SoundObservation
from edge_agent.perception.model_store import REINSTALL, ModelStore
from edge_agent.perception.site_sound import SiteEar, SiteSounds
from edge_agent.perception.sound_stretch import EmbeddedWindow
from edge_agent.readings import HOP_SAMPLES, SAMPLE_RATE_HZ, WINDOW_SAMPLES, SoundBlock
from visit_record.vocabulary import SoundCue

FINGERPRINT_SAMPLES = 30 * SAMPLE_RATE_HZ
LEAST_DBFS = -120.0
# Below this the model hears nothing but quiet in staged homes. A microphone of low gain brings real sounds below any
# gate: how many of them, the model's card says.
GATE_DBFS = -66.0
QUIET_ALONE = tuple(float(cue is SoundCue.QUIET) for cue in SoundCue)
# A block later or earlier than the sound before it promised; the sound card's own jitter stays below.
GAP_MS = 100
# Ten edges of nine bands, evenly spaced in pitch.
_EDGES_HZ = (200, 292, 426, 621, 907, 1323, 1931, 2817, 4111, 6000)
_SEGMENTS = 9
_FFT_SAMPLES = 1024


@dataclass(frozen=True, slots=True)
class SoundWindow:
    """A stretch of sound that begins at ``at_ms``: float32 [n] at 16 kHz."""

    at_ms: int
    samples: NDArray[np.float32]


class SoundFramer:
    """Cuts blocks of any length into windows of one length, exact across the blocks' borders.

    A gap in ``at_ms`` begins anew: no window spans sound that was not heard in one go.
    """

    def __init__(self, window_samples: int = WINDOW_SAMPLES, hop_samples: int = HOP_SAMPLES) -> None:
        self._window_samples, self._hop_samples = window_samples, hop_samples
        self._anchor_ms: int | None = None
        self._start = self._held = 0
        self._pieces: list[NDArray[np.float32]] = []

    def windows(self, block: SoundBlock) -> list[SoundWindow]:
        """Every window that this block completes, in order."""
        if self._anchor_ms is None or abs(block.at_ms - self._at_ms(self._start + self._held)) > GAP_MS:
            self._begin_anew(block.at_ms)
        self._pieces.append(block.samples)
        self._held += len(block.samples)
        if self._held < self._window_samples:
            return []
        return self._cut(np.concatenate(self._pieces))

    def _begin_anew(self, at_ms: int) -> None:
        self._anchor_ms, self._start, self._held = at_ms, 0, 0
        self._pieces.clear()

    def _at_ms(self, sample: int) -> int:
        return (self._anchor_ms or 0) + sample * 1000 // SAMPLE_RATE_HZ

    def _cut(self, held: NDArray[np.float32]) -> list[SoundWindow]:
        starts = range(0, len(held) - self._window_samples + 1, self._hop_samples)
        cut = [SoundWindow(self._at_ms(self._start + s), held[s : s + self._window_samples]) for s in starts]
        done = len(starts) * self._hop_samples
        self._start, self._held = self._start + done, self._held - done
        # A copy, so that the whole block is not kept alive for its last half second.
        self._pieces = [held[done:].copy()]
        return cut


class CareSoundClassifier:
    """The care-sound model: which cues a window of 0.96 s holds. Its log-mel front end is in the graph."""

    def __init__(self, store: ModelStore, site: SiteSounds | None = None) -> None:
        """Load the model; ``site`` is what this home taught, which may raise the probability of a cue.

        Raises:
            ModelError: as :meth:`ModelStore.session`, or its outputs are not the vocabulary's cues.
        """
        self._ear = SiteEar(site) if site is not None else None
        self._session = store.session("care_sound")
        outputs = self._session.get_outputs()[0].shape[-1]
        if outputs != len(SoundCue):
            raise ModelError(
                f"the care_sound model knows {outputs} cues, not {len(SoundCue)}",
                f"care_sound 模型分 {outputs} 类声音，应为 {len(SoundCue)} 类",
                REINSTALL,
            )

    def classify(self, window: SoundWindow) -> SoundObservation:
        """Probabilities of one window of 15 360 samples; below the level gate it is quiet, and the model is spared."""
        level = level_dbfs(window.samples)
        if level < GATE_DBFS:
            return SoundObservation(window.at_ms, QUIET_ALONE, level)
        if self._ear is None:
            (probabilities,) = self._session.run(["probabilities"], {"waveform": window.samples[None]})
            return SoundObservation(window.at_ms, tuple(probabilities[0].tolist()), level)
        probabilities, embedding = self._session.run(["probabilities", "embedding"], {"waveform": window.samples[None]})
        raised = self._ear.raised(EmbeddedWindow(window.at_ms, embedding[0], level), probabilities[0].tolist())
        return SoundObservation(window.at_ms, raised, level)

    def classify_all(self, windows: Iterable[SoundWindow]) -> list[SoundObservation]:
        """Probabilities of several windows, one after the other: a larger batch leaves the cache and takes longer."""
        return [self.classify(window) for window in windows]


class Fingerprinter:
    """A perceptual hash of each unbroken 30 s of sound, to find the same recording in another visit."""

    def __init__(self) -> None:
        self._framer = SoundFramer(FINGERPRINT_SAMPLES, FINGERPRINT_SAMPLES)

    def fingerprints(self, block: SoundBlock) -> list[FingerprintObservation]:
        """Every fingerprint that this block completes."""
        stretches = self._framer.windows(block)
        return [FingerprintObservation(stretch.at_ms, fingerprint(stretch.samples)) for stretch in stretches]


def fingerprint(samples: NDArray[np.float32]) -> str:
    """64 bits as 16 hexadecimal digits of a stretch of sound, the same at any loudness.

    Signs of the differences of log band energy between neighbouring bands and neighbouring stretches of time, after
    Haitsma and Kalker (ISMIR 2002), over nine stretches and nine bands instead of their 11.6 ms. Steady noise gives
    chance bits, so two visits beside one fan do not match. Stretches that begin more than about a second apart
    in the same recording no longer match either.
    """
    frames = samples[: len(samples) // _FFT_SAMPLES * _FFT_SAMPLES].reshape(-1, _FFT_SAMPLES)
    power = np.abs(np.fft.rfft(frames * np.hanning(_FFT_SAMPLES).astype(np.float32))) ** 2
    edges = [hz * _FFT_SAMPLES // SAMPLE_RATE_HZ for hz in _EDGES_HZ]
    bands = np.stack([power[:, low:high].sum(axis=1) for low, high in pairwise(edges)], axis=1)
    energy = np.stack([part.sum(axis=0) for part in np.array_split(bands, _SEGMENTS)])
    slopes = np.diff(np.log(energy + 1e-9), axis=1)
    bits = (np.diff(slopes, axis=0) > 0).reshape(-1)
    return np.packbits(bits).tobytes().hex()


def level_dbfs(samples: NDArray[np.float32]) -> float:
    """RMS level in dB relative to a full-scale square wave, never under -120."""
    mean_square = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(LEAST_DBFS, 10 * float(np.log10(mean_square))) if mean_square > 0 else LEAST_DBFS
