from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import librosa
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from edge_agent.perception.inference import open_session
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.sound import CareSoundClassifier, SoundWindow
from models.care_sound import front_end
from models.care_sound.data import CLIP_S, Split, kitchen20, librispeech, split_of, synthesise
from models.care_sound.evaluate import CARE, heard, measured
from models.care_sound.figures import REAL_CUES, average_precision, f1, report
from models.care_sound.talk import hour_of_talk
from sim.sound.care_sounds import SYNTHESISERS
from visit_record.vocabulary import SoundCue

if TYPE_CHECKING:
    import onnxruntime as ort

Wave = NDArray[np.float32]
CUES = list(SoundCue)


@pytest.fixture(scope="module")
def classifier(registry: Path) -> CareSoundClassifier:
    return CareSoundClassifier(ModelStore.open(registry))


@pytest.fixture(scope="module")
def graph_log_mel(registry: Path) -> "ort.InferenceSession":
    model = onnx.load_from_string(ModelStore.open(registry).read("care_sound"))
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info("log_mel"))
    return open_session(model.SerializeToString())


def waves() -> dict[str, Wave]:
    rng = np.random.default_rng(0)
    sweep = librosa.chirp(fmin=60, fmax=7_900, sr=16_000, length=front_end.WINDOW_SAMPLES).astype(np.float32)
    floor = (rng.standard_normal(len(sweep)) / 32_768).astype(np.float32)
    seconds = np.arange(len(sweep)) / 16_000
    tones = {f"a loud {hz} Hz": np.sin(2 * np.pi * hz * seconds).astype(np.float32) for hz in (130, 200, 3_000)}
    staged = {cue.value: make(0.96, rng) for cue, make in SYNTHESISERS.items()}
    return (
        {
            "white": (0.3 * rng.standard_normal(len(sweep))).astype(np.float32),
            "sweep over a microphone's floor": 0.5 * sweep + floor,
            "floor": floor,
            "a microphone that gives a constant": np.ones_like(floor),
        }
        | tones
        | {name: wave + floor for name, wave in staged.items()}
    )


@pytest.mark.long
@pytest.mark.parametrize("name", waves())
def test_graph_hears_what_librosa_hears(name: str, graph_log_mel: "ort.InferenceSession") -> None:
    wave = waves()[name]
    (heard,) = graph_log_mel.run(["log_mel"], {"waveform": wave[None]})
    assert heard.shape == (1, front_end.FRAMES, front_end.MELS)
    assert np.abs(heard[0] - front_end.log_mel(wave)).max() <= 1e-3


def test_digital_silence_is_a_number(classifier: CareSoundClassifier) -> None:
    silence = SoundWindow(0, np.zeros(front_end.WINDOW_SAMPLES, np.float32))
    assert all(0 <= p <= 1 for p in classifier.classify(silence).probabilities)


def test_model_is_small_and_needs_nothing_newer_than_opset_17(registry: Path) -> None:
    content = ModelStore.open(registry).read("care_sound")
    assert len(content) < 1_500_000
    assert onnx.load_from_string(content).opset_import[0].version == 17


@pytest.mark.parametrize("cue", CUES)
def test_staged_home_is_heard_as_it_was_meant(cue: SoundCue, classifier: CareSoundClassifier) -> None:
    whole = synthesise(cue, CLIP_S, np.random.default_rng(12_345))
    starts = range(0, len(whole) - front_end.WINDOW_SAMPLES, 7_680)
    windows = [SoundWindow(0, whole[s : s + front_end.WINDOW_SAMPLES]) for s in starts]
    heard = [one.probability(cue) for one in classifier.classify_all(windows)]
    assert np.mean(np.sort(heard)[-4:]) > 0.5


def test_same_sound_has_the_same_embedding_whatever_else_is_asked(registry: Path) -> None:
    session = ModelStore.open(registry).session("care_sound")
    wave = waves()["tableware"]
    (alone,) = session.run(["embedding"], {"waveform": wave[None]})
    _, among = session.run(["probabilities", "embedding"], {"waveform": np.stack([waves()["white"], wave])})
    assert alone.shape == (1, 512)
    assert np.allclose(alone[0], among[1], atol=1e-3)


def test_figures_of_a_known_ranking() -> None:
    truth, score = np.array([1.0, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])
    assert average_precision(truth, score) == pytest.approx((1 + 2 / 3) / 2)
    assert f1(truth, score >= 0.75) == pytest.approx(0.5)


def test_a_source_is_in_one_split_only() -> None:
    sources = [str(number) for number in range(4_000)]
    shares = [sum(split_of(source) is split for source in sources) / len(sources) for split in Split]
    assert shares == pytest.approx([0.60, 0.15, 0.25], abs=0.03)


@pytest.mark.realdata
def test_kept_aside_recordings_are_heard_as_the_card_says(realdata: Path, classifier: CareSoundClassifier) -> None:
    truth, confidence = measured(kitchen20(realdata, Split.TEST), classifier)
    means = report(truth, confidence, REAL_CUES, 0.5)["all"]
    assert means["average_precision"] >= 0.88
    assert means["f1"] >= 0.80


@pytest.mark.realdata
def test_speakers_never_trained_on_are_heard_as_speech(realdata: Path, classifier: CareSoundClassifier) -> None:
    _, confidence = measured(librispeech(realdata, Split.TEST), classifier)
    assert (confidence[:, CUES.index(SoundCue.SPEECH)] >= 0.5).mean() >= 0.98


@pytest.mark.realdata
def test_talk_and_television_are_not_taken_for_care(realdata: Path, classifier: CareSoundClassifier) -> None:
    minutes = islice(hour_of_talk(list(librispeech(realdata, Split.TEST)), seed=3), 24)
    windows = np.array([one.probabilities for wave in minutes for one in heard(wave, classifier)])
    assert (windows[:, [CUES.index(cue) for cue in CARE]] >= 0.5).any(axis=1).mean() < 0.02
