"""Measure the care-sound model, and its teacher beside it in the same run.

    python -m models.care_sound.evaluate --data ../shared/data --yamnet ../shared/models/yamnet.onnx

Figures are of whole clips, by the very function that ``edge-agent inspect sound`` uses; onnxruntime only.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from edge_agent.evidence.intervals import total_ms
from edge_agent.evidence.sound import heard_spans
from edge_agent.inspection.sound import file_confidence
from edge_agent.observations import SoundObservation
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.sound import CareSoundClassifier, SoundFramer, SoundWindow
from edge_agent.readings import WINDOW_SAMPLES, SoundBlock
from models.care_sound import baseline, rooms
from models.care_sound.data import LEARNT_FROM, Clip, Split, kitchen20, librispeech, synthetic
from models.care_sound.figures import CUES, REAL_CUES, intervals, report
from models.care_sound.talk import hour_of_talk
from models.care_sound.yamnet import Yamnet
from visit_record.vocabulary import SoundCue

THRESHOLD = 0.5
CARE = (SoundCue.TABLEWARE, SoundCue.EATING, SoundCue.WATER, SoundCue.CLOTH)

Table = NDArray[np.float64]
Wave = NDArray[np.float32]


def heard(samples: Wave, classifier: CareSoundClassifier) -> list[SoundObservation]:
    """Every window of a wave; one that is too short for a window is filled up with silence."""
    whole = np.pad(samples, (0, max(0, WINDOW_SAMPLES - len(samples))))
    return classifier.classify_all(SoundFramer().windows(SoundBlock(0, whole)))


def measured(clips: Iterable[Clip], classifier: CareSoundClassifier) -> tuple[Table, Table]:
    """Truth (NaN where a label cannot say) and confidence, each float64 [clips, 12]."""
    truth, confidence = [], []
    for clip in clips:
        confidence.append(list(file_confidence(heard(clip.samples, classifier)).values()))
        truth.append(clip.truth)
    return np.array(truth), np.array(confidence)


def real_figures(clips: Sequence[Clip], classifier: CareSoundClassifier) -> dict[str, object]:
    """The five care cues and speech on real clips, with intervals over sources."""
    truth, score = measured(clips, classifier)
    sources = [clip.source for clip in clips]
    return {
        "clips": len(clips),
        "five care cues": report(truth, score, REAL_CUES, THRESHOLD),
        "intervals": intervals(truth, score, sources, REAL_CUES, THRESHOLD),
        "speech": report(truth, score, [SoundCue.SPEECH], THRESHOLD)["speech"],
    }


def teacher_figures(data: Path, clips: Sequence[Clip], teacher: Yamnet) -> dict[str, dict[str, float]]:
    """Logistic regression on the teacher's embedding: learnt from what the student learnt from, on the same clips."""
    learnt = [clip for split in LEARNT_FROM for clip in chain(kitchen20(data, split), librispeech(data, split))]
    score = baseline.confidence(baseline.embeddings(learnt, teacher), learnt, baseline.embeddings(clips, teacher))
    return report(np.array([clip.truth for clip in clips]), score, REAL_CUES, THRESHOLD)


def carried_figures(clips: Sequence[Clip], classifier: CareSoundClassifier) -> dict[str, dict[str, float]]:
    """The five care cues as clips would reach a device: from across a room, fainter, under noise. Simulated."""
    ways: dict[str, Callable[[Wave, np.random.Generator], Wave]] = {
        "as recorded": lambda wave, _rng: wave,
        "20 dB less gain": lambda wave, _rng: wave * np.float32(0.1),
        "across a room": _across,
        "across a room, noise 20 dB under": lambda wave, rng: _noisy(_across(wave, rng), 20, rng),
        "across a room, noise 10 dB under": lambda wave, rng: _noisy(_across(wave, rng), 10, rng),
    }
    return {name: _five(clips, way, classifier) for name, way in ways.items()}


def _five(
    clips: Sequence[Clip], way: Callable[[Wave, np.random.Generator], Wave], classifier: CareSoundClassifier
) -> dict[str, float]:
    rng = np.random.default_rng(7)
    moved = [clip.with_samples(way(clip.samples, rng)) for clip in clips]
    return report(*measured(moved, classifier), REAL_CUES, THRESHOLD)["all"]


def _across(wave: Wave, rng: np.random.Generator) -> Wave:
    return rooms.at_level(signal.oaconvolve(wave, rooms.room(rng))[: len(wave)].astype(np.float32), -38.0)


def _noisy(wave: Wave, under_db: float, rng: np.random.Generator) -> Wave:
    floor = np.resize(rooms.noise(rng), len(wave)) * np.float32(rooms.rms(wave) * 10 ** (-under_db / 20))
    return (wave + floor).astype(np.float32)


def false_alarms(speech: Sequence[Clip], classifier: CareSoundClassifier) -> dict[str, object]:
    """Shares of an hour of talk and television that were taken for care: of windows, and of time after smoothing."""
    takes = [heard(wave, classifier) for wave in hour_of_talk(speech, seed=11)]
    windows = np.array([one.probabilities for take in takes for one in take])
    up = {cue.value: float((windows[:, CUES.index(cue)] >= THRESHOLD).mean()) for cue in CARE}
    any_cue = float((windows[:, [CUES.index(cue) for cue in CARE]] >= THRESHOLD).any(axis=1).mean())
    time_ms = sum(take[-1].at_ms - take[0].at_ms for take in takes)
    smoothed = {cue.value: sum(total_ms(heard_spans(take, cue)) for take in takes) / time_ms for cue in CARE}
    return {"windows": len(windows), "of windows": up, "any of them": any_cue, "of time, smoothed": smoothed}


def other_alarms(clips: Sequence[Clip], classifier: CareSoundClassifier) -> dict[str, float]:
    """Shares of windows of kitchen sounds that are none of the cues, but were taken for one."""
    none = [clip for clip in clips if not clip.cues]
    windows = np.array([one.probabilities for clip in none for one in heard(clip.samples, classifier)])
    return {"windows": len(windows)} | {
        cue.value: float((windows[:, place] >= THRESHOLD).mean()) for place, cue in enumerate(CUES)
    }


def latency_ms(classifier: CareSoundClassifier, windows: int = 300) -> dict[str, float]:
    """Processor time of one window alone on one core."""
    rng, took = np.random.default_rng(0), []
    for _ in range(windows):
        window = SoundWindow(0, (0.1 * rng.standard_normal(WINDOW_SAMPLES)).astype(np.float32))
        start_s = time.process_time()
        classifier.classify(window)
        took.append(1000 * (time.process_time() - start_s))
    return {"p50": float(np.median(took)), "p95": float(np.quantile(took, 0.95)), "least": min(took)}


def main() -> None:
    """Print the figures as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments.add_argument("--yamnet", type=Path, help="the teacher's ONNX, to be measured beside the student")
    arguments.add_argument("--registry", type=Path, default=Path(__file__).parent.parent / "registry.toml")
    arguments.add_argument("--split", type=Split, default=Split.TEST)
    chosen = arguments.parse_args()
    classifier = CareSoundClassifier(ModelStore.open(chosen.registry))
    kitchen = list(kitchen20(chosen.data, chosen.split))
    spoken = list(librispeech(chosen.data, chosen.split))
    figures: dict[str, object] = {"real": real_figures([*kitchen, *spoken], classifier)}
    if chosen.yamnet:
        figures["teacher"] = teacher_figures(chosen.data, [*kitchen, *spoken], Yamnet(chosen.yamnet))
    figures |= {
        "carried": carried_figures([*kitchen, *spoken], classifier),
        "an hour of talk and television": false_alarms(spoken, classifier),
        "other kitchen sounds": other_alarms(kitchen, classifier),
        "synthetic": report(*measured(synthetic(chosen.split, takes=20), classifier), CUES, THRESHOLD),
        "latency_ms": latency_ms(classifier),
    }
    json.dump(figures, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
