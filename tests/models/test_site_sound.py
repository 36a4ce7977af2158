"""What the figures of a home's own sounds rest on: no recording on both sides, and rivals that are none of the cue."""

from pathlib import Path

import numpy as np
import pytest

from edge_agent.calibration.recordings import hear_recordings
from edge_agent.calibration.sound import generic_sounds_of, lesson_of, taught
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.site_sound import SoundSpace
from edge_agent.perception.sound_embedder import SoundEmbedder
from models.care_sound.data import Split, kitchen20
from models.care_sound.evaluate_site import by_class, draw
from models.care_sound.generic_sounds import generic_sounds
from models.care_sound.site_points import Points
from visit_record.vocabulary import SoundCue

CUES = list(SoundCue)
LABELS = np.array(["sweep", "cutlery", "cupboard", "speech"])


def some_points(seed: int = 0, count: int = 400) -> Points:
    """Recordings of one label or several, each label a direction of its own."""
    rng = np.random.default_rng(seed)
    numbers, kinds = rng.integers(0, 80, count), rng.integers(0, 4, count)
    kinds[numbers < 60] = numbers[numbers < 60] % 4
    points = (np.eye(4)[kinds] * 3 + rng.standard_normal((count, 4))).astype(np.float32)
    splits = np.where(numbers % 5 == 0, "test", np.where(numbers % 5 == 1, "validation", "train"))
    firsts = np.zeros(count, np.bool_)
    firsts[np.unique(numbers * 4 + kinds, return_index=True)[1]] = True
    growing = np.repeat(points[:, None], 5, axis=1)
    return Points(points, LABELS[kinds], numbers.astype(str), splits, firsts & (splits != "test"), growing)


@pytest.mark.parametrize("seed", range(5))
def test_no_recording_is_on_two_sides_of_a_draw(seed: int) -> None:
    points, rng = some_points(seed), np.random.default_rng(seed)
    known = points.splits != "test"
    one = draw(points, "sweep", known, ~known | (rng.random(len(known)) < 0.5), rng)
    assert one.examples.sum() == 5
    assert set(points.labels[one.examples]) == set(points.labels[one.positives]) == {"sweep"}
    assert not np.isin(points.sources[one.positives | one.negatives], points.sources[one.examples]).any()
    assert not np.isin(points.sources[one.rivals], points.sources[points.labels == "sweep"]).any()
    assert len(set(points.sources[one.examples])) == 5


def test_a_class_that_stands_apart_is_known_again_at_the_promised_share() -> None:
    (row,) = by_class(some_points(count=1_000), ["sweep"], 5, Split.TEST).values()
    assert row["recall"] > 0.5
    assert row["false_alarms"] < 0.12


def test_every_clip_of_a_recording_that_holds_a_cue_is_no_rival_of_it() -> None:
    ones = np.zeros((3, 4), np.float32)
    points = Points(
        ones, np.array(["cutlery", "chopping", "cupboard"]), np.array(["a", "a", "b"]), np.array(["train"] * 3),
        np.array([False, True, True]), np.repeat(ones[:, None], 5, axis=1),
    )  # fmt: skip
    sounds = generic_sounds(points, "s")
    assert sounds.rivals(SoundCue.TABLEWARE).tolist() == [1]
    assert sounds.rivals(SoundCue.DOOR).tolist() == [0]
    assert sounds.rivals(SoundCue.WATER).tolist() == [0, 1]


@pytest.mark.realdata
def test_five_real_recordings_of_sweeping_teach_it(realdata: Path, registry: Path) -> None:
    store = ModelStore.open(registry)
    if "generic_sounds" not in store.entries:
        pytest.skip("the registry has no generic_sounds yet; python -m models.care_sound.generic_sounds builds them")
    generic, embedder = generic_sounds_of(store), SoundEmbedder(store)
    folder = realdata / "sounds" / "kitchen20"
    known, tested = (
        [folder / clip.name for clip in kitchen20(realdata, split) if clip.cues == {SoundCue.SWEEPING}]
        for split in (Split.VALIDATION, Split.TEST)
    )
    kept = taught(hear_recordings(known, embedder), hear_recordings([], embedder), 0.05)
    space = SoundSpace.of(generic.points)
    lesson = lesson_of(SoundCue.SWEEPING, kept, generic, space)
    heard = lesson.site.scores(space.place(hear_recordings(tested, embedder).points)) > lesson.site.threshold
    assert heard.mean() >= 0.8
