"""What the voiceprint is measured on: people who read aloud, and noises of kitchens."""

import csv
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from edge_agent.perception.voice_activity import FRAME_SAMPLES, active_frames, active_speech
from edge_agent.readings import SAMPLE_RATE_HZ

Wave = NDArray[np.float32]
NOISES = {
    *("water-flowing", "dishwasher", "blender", "stove-fan", "sweep", "frying-pan", "microwave", "juicer", "fridge"),
    *("clean-dishes", "boiling-water", "plates", "cutlery"),
}
LEAST_NOISE_RMS = 1e-4


def utterances(data: Path) -> list[Wave]:
    """One utterance for each of LibriSpeech's 251 speakers, in the order of their numbers' names."""
    files = sorted((data / "speech" / "librispeech_train-clean-100").glob("*.flac"))
    return [soundfile.read(path, dtype="float32")[0] for path in files]


def kitchen_noises(data: Path) -> list[Wave]:
    """One clip of each recording of kitchen20 whose class is a noise that speech is heard beside."""
    folder, of_source = data / "sounds" / "kitchen20", dict[str, str]()
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["label"] in NOISES:
                of_source.setdefault(row["source_id"], row["file"])
    clips = [soundfile.read(folder / name, dtype="float32")[0] for name in of_source.values()]
    return [clip for clip in clips if len(clip) > SAMPLE_RATE_HZ and rms(clip) > LEAST_NOISE_RMS]


def cut(speech: Wave, *seconds: float) -> list[Wave] | None:
    """Consecutive parts of an utterance that hold so many seconds of speech without pauses; none if it is too short."""
    spoken_s = np.cumsum(active_frames(speech)) * FRAME_SAMPLES / SAMPLE_RATE_HZ
    ends_s = np.cumsum(seconds)
    if not len(spoken_s) or spoken_s[-1] < ends_s[-1]:
        return None
    ends = (np.searchsorted(spoken_s, ends_s - 1e-6) + 1) * FRAME_SAMPLES
    return [speech[begin:end] for begin, end in zip([0, *ends[:-1]], ends, strict=True)]


def spoken_rms(speech: Wave) -> float:
    """Level of speech where somebody speaks."""
    return rms(active_speech(speech))


def rms(wave: Wave) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(wave, dtype=np.float64))))
