"""What the care-sound model learns from, as far as it needs no torch."""

import numpy as np
import pytest

from models.care_sound import rooms
from models.care_sound.calibrate import SCALES, HeardClip, file_confidence, fitted, sigmoid
from models.care_sound.data import FOLDS, Clip, fold_of
from models.care_sound.front_end import WINDOW_SAMPLES
from models.care_sound.mixing import CUES, Example, Mixer
from models.care_sound.yamnet import CLASSES
from visit_record.vocabulary import SoundCue

WATER = CUES.index(SoundCue.WATER)


def heard(logit: float, rng: np.random.Generator, truth: float) -> HeardClip:
    logits = np.zeros((6, len(CUES)))
    logits[:, WATER] = logit + 0.1 * rng.standard_normal(6)
    told = np.full(len(CUES), np.nan)
    told[WATER] = truth
    return HeardClip(logits, np.full(6, -30.0), told)


def over_eager(count: int) -> list[HeardClip]:
    """Clips whose logits are 3 too high and half as steep as they should be."""
    rng = np.random.default_rng(4)
    honest = rng.uniform(-5, 5, count)
    return [heard(one / 2 + 3, rng, float(rng.random() < sigmoid(np.array(one)))) for one in honest]


def test_an_over_eager_student_is_read_as_what_it_is() -> None:
    line = fitted(over_eager(2_000))
    assert line.scale[WATER] == pytest.approx(2.0, abs=0.25)
    assert line.offset[WATER] == pytest.approx(-6.0, abs=0.9)


def test_a_cue_of_a_few_clips_keeps_its_logits() -> None:
    line = fitted(over_eager(12))
    assert (line.scale[WATER], line.offset[WATER]) == (1.0, 0.0)


def test_no_handful_of_clips_makes_a_cue_certain() -> None:
    rng = np.random.default_rng(5)
    line = fitted([heard(8.0 * side, rng, float(side > 0)) for side in (-1, 1) for _ in range(20)])
    assert SCALES[0] <= line.scale[WATER] <= SCALES[1]


def test_calibration_never_changes_which_clip_is_likelier() -> None:
    clips = over_eager(300)
    before = [float(np.sort(clip.logits[:, WATER])[-3:].mean()) for clip in clips]
    after = [float(file_confidence(clip, fitted(clips))[WATER]) for clip in clips]
    assert np.array_equal(np.argsort(before), np.argsort(after))


def example(cue: SoundCue | None, level: float, seed: int) -> Example:
    samples = (level * np.random.default_rng(seed).standard_normal(WINDOW_SAMPLES)).astype(np.float32)
    cues = frozenset({cue}) if cue else frozenset[SoundCue]()
    clip = Clip(str(cue), str(cue), str(seed), samples, cues)
    labels = np.array([one in cues for one in CUES], np.float32)
    scores = np.full((1, CLASSES), 0.5, np.float32)
    return Example(clip, samples, labels, np.ones_like(labels), np.array([0]), scores)


def test_a_mixture_claims_both_sounds_or_leaves_the_fainter_open() -> None:
    bank = [example(SoundCue.WATER, 0.1, 1), example(SoundCue.COUGH, 0.1, 2)]
    batch = Mixer([bank], [1.0], np.random.default_rng(1)).batch(200)
    both = batch.labels.sum(axis=1) == 2
    assert both.any()
    assert batch.known[both].sum(axis=1).min() == len(CUES) - 1
    assert (batch.known[both].sum(axis=1) == len(CUES)).any()
    assert np.isfinite(batch.samples).all()
    assert np.abs(batch.samples).max() <= 1


def test_quiet_is_never_mixed_nor_made_loud() -> None:
    batch = Mixer([[example(SoundCue.QUIET, 1e-4, 1)]], [1.0], np.random.default_rng(1)).batch(50)
    assert np.sqrt(np.mean(batch.samples**2, axis=1)).max() < 2e-4


def test_digital_silence_goes_through_a_room_as_a_number() -> None:
    silence = np.zeros(WINDOW_SAMPLES, np.float32)
    assert np.isfinite(rooms.carried(silence, np.random.default_rng(0))).all()
    assert np.isfinite(rooms.at_level(silence, -40.0)).all()


def test_a_room_answers_after_the_sound_has_ended() -> None:
    click = np.zeros(WINDOW_SAMPLES, np.float32)
    click[1_000] = 1.0
    tails = [
        np.abs(np.convolve(click, rooms.room(np.random.default_rng(seed)))[1_100:5_000]).sum() for seed in range(9)
    ]
    assert min(tails) > 0.1


def test_every_fold_gets_sources() -> None:
    assert {fold_of(str(source)) for source in range(100)} == set(range(FOLDS))
