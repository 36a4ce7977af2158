"""Few examples against many rivals: what is held to the share of false alarms, and what may never be raised."""

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.errors import ModelError
from edge_agent.perception.generic_sounds import GenericSounds, from_bytes, to_bytes
from edge_agent.perception.site_sound import (
    Rivals,
    SiteEar,
    SiteSounds,
    SoundSpace,
    learn_cue,
    recognised_when_left_out,
    rival_scores,
)
from edge_agent.perception.sound_stretch import EmbeddedWindow, LastStretch, point_of
from visit_record.vocabulary import SoundCue

Rows = NDArray[np.float32]
WIDTH = 16
CUES = list(SoundCue)
LOW = (0.01,) * len(CUES)
OWN = np.eye(WIDTH, dtype=np.float32)[3]


def around(centre: Rows, count: int, seed: int, spread: float = 0.1) -> Rows:
    noise = np.random.default_rng(seed).standard_normal((count, WIDTH)).astype(np.float32)
    return unit(centre + np.float32(spread) * noise)


def unit(rows: Rows) -> Rows:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def rivals(generic: int = 200, home: Rows | None = None) -> Rivals:
    others = unit(np.random.default_rng(1).standard_normal((generic, WIDTH)).astype(np.float32))
    own = np.zeros((0, WIDTH), np.float32) if home is None else home
    sources = np.concatenate([np.arange(generic), np.full(len(own), -1)])
    return Rivals(np.concatenate([others, own]), sources, np.arange(generic + len(own)) >= generic)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.2])
def test_no_more_rivals_than_allowed_lie_above_the_threshold(share: float) -> None:
    others = rivals()
    cue = learn_cue(around(OWN, 5, 2), others, share)
    assert np.mean(rival_scores(cue.prototype, others) > cue.threshold) == pytest.approx(share, abs=0.005)


def test_what_it_sounds_like_at_home_without_the_cue_is_held_to_the_same_share() -> None:
    examples, likeness = around(OWN, 5, 2), around(OWN, 20, 3, 0.25)
    without, with_home = learn_cue(examples, rivals(), 0.05), learn_cue(examples, rivals(home=likeness), 0.05)
    assert np.mean(without.scores(likeness) > without.threshold) > 0.9
    assert np.mean(with_home.scores(likeness) > with_home.threshold) <= 0.05


def test_a_rival_is_not_made_harmless_by_its_own_recording() -> None:
    """Stretches of one recording are near-identical: compared with each other they would all score low."""
    alike = np.repeat(around(OWN, 1, 4), 12, axis=0)
    others = rivals(home=alike)
    scores = rival_scores(OWN, others)[others.home]
    alone = rivals(home=alike[:1])
    assert scores == pytest.approx(rival_scores(OWN, alone)[alone.home].repeat(12), abs=1e-5)


def test_a_take_does_not_teach_what_is_left_out_of_it() -> None:
    usual, odd = around(OWN, 4, 5), np.repeat(around(np.roll(OWN, 1), 1, 6), 4, axis=0)
    takes = np.array([0, 1, 2, 3, 4, 4, 4, 4])
    found = recognised_when_left_out(np.concatenate([usual, odd]), takes, rivals(), 0.05)
    assert found.tolist() == [True] * 4 + [False] * 4


def test_what_cannot_be_told_apart_is_seldom_known_again() -> None:
    anything = unit(np.random.default_rng(8).standard_normal((40, WIDTH)).astype(np.float32))
    assert recognised_when_left_out(anything, np.arange(40), rivals(), 0.05).mean() < 0.3


def test_probability_is_one_half_at_the_threshold_and_grows() -> None:
    cue = learn_cue(around(OWN, 5, 2), rivals(), 0.05)
    near, far = around(OWN, 1, 9)[0], around(-OWN, 1, 9)[0]
    assert cue.probability(near) > 0.9
    assert cue.probability(far) < 0.1
    between = unit((near + np.linspace(0, 1, 2_001)[:, None] * (far - near)).astype(np.float32))
    closest = between[np.abs(cue.scores(between) - cue.threshold).argmin()]
    assert cue.probability(closest) == pytest.approx(0.5, abs=0.02)


def test_whitening_makes_what_varies_least_count_most() -> None:
    rng = np.random.default_rng(3)
    points = (rng.standard_normal((500, 4)) * [10, 1, 1, 1]).astype(np.float32)
    white = (points - SoundSpace.of(points).mean) @ SoundSpace.of(points).whitener
    assert points.std(axis=0)[0] / points.std(axis=0)[1] > 9
    assert white.std(axis=0)[0] / white.std(axis=0)[1] < 8


def window(at_ms: int, level_dbfs: float = -30.0, embedding: Rows | None = None) -> EmbeddedWindow:
    return EmbeddedWindow(at_ms, OWN if embedding is None else embedding, level_dbfs)


def test_a_stretch_ends_with_its_gap_and_begins_anew_when_time_goes_back() -> None:
    last = LastStretch()
    assert [len(last.with_window(window(480 * i))) for i in range(12)] == [*range(1, 10), 9, 9, 9]
    assert len(last.with_window(window(60_000))) == 1
    assert len(last.with_window(window(60_480))) == 2
    assert len(last.with_window(window(0))) == 1


NO_POINT = {
    "too short": [window(480 * i) for i in range(4)],
    "one loud window alone": [window(0), *(window(480 * i, -60.0) for i in range(1, 9))],
    "nothing": [],
}


@pytest.mark.parametrize("case", NO_POINT)
def test_what_is_too_little_to_judge_gives_no_point(case: str) -> None:
    assert point_of(NO_POINT[case]) is None


def test_pauses_between_sounds_do_not_change_the_point() -> None:
    sounding = [window(480 * i, embedding=around(OWN, 1, i)[0]) for i in range(5)]
    paused = [*sounding, *(window(480 * i, -60.0, np.ones(WIDTH, np.float32)) for i in range(5, 9))]
    assert np.array_equal(point_of(paused), point_of(sounding))  # type: ignore[arg-type]


@pytest.fixture
def ear() -> SiteEar:
    points = np.abs(np.random.default_rng(2).standard_normal((200, WIDTH))).astype(np.float32)
    space = SoundSpace.of(points)
    own = space.place(np.stack([point_of([window(480 * i) for i in range(9)])] * 5))  # type: ignore[list-item]
    others = Rivals(space.place(points), np.arange(200), np.zeros(200, np.bool_))
    return SiteEar(SiteSounds(space, {SoundCue.WATER: learn_cue(own, others, 0.05)}))


def test_only_the_taught_cue_is_raised_and_only_once_enough_is_heard(ear: SiteEar) -> None:
    heard = [ear.raised(window(480 * i), LOW) for i in range(9)]
    water = CUES.index(SoundCue.WATER)
    assert heard[:4] == [LOW] * 4
    assert all(one[water] > 0.5 for one in heard[4:])
    assert all(one[:water] + one[water + 1 :] == LOW[1:] for one in heard)


def test_nothing_is_lowered(ear: SiteEar) -> None:
    others = np.abs(np.random.default_rng(4).standard_normal((9, WIDTH))).astype(np.float32)
    sure = (0.9999999,) * len(CUES)
    heard = [ear.raised(window(480 * i, embedding=other), sure) for i, other in enumerate(others)]
    assert heard == [sure] * 9


def test_a_faint_window_after_the_sound_is_left_as_it_is(ear: SiteEar) -> None:
    for i in range(9):
        ear.raised(window(480 * i), LOW)
    assert ear.raised(window(480 * 9, -60.0), LOW) == LOW


def generic() -> GenericSounds:
    free = np.ones((4, len(CUES)), np.bool_)
    free[1, CUES.index(SoundCue.WATER)] = False
    return GenericSounds(np.eye(4, dtype=np.float32), free, np.array([0, 0, 1, 2]), "a" * 64)


def test_sounds_that_may_hold_the_cue_are_no_rivals_of_it() -> None:
    assert generic().rivals(SoundCue.WATER).tolist() == [0, 2, 3]
    assert generic().rivals(SoundCue.CLOTH).tolist() == [0, 1, 2, 3]


def test_generic_sounds_come_back_as_they_were_and_always_in_the_same_bytes() -> None:
    read = from_bytes(to_bytes(generic()))
    assert np.array_equal(read.points, generic().points)
    assert np.array_equal(read.free, generic().free)
    assert (read.sources.tolist(), read.student) == ([0, 0, 1, 2], "a" * 64)
    assert to_bytes(read) == to_bytes(generic())


def test_a_file_that_is_no_generic_sounds_is_a_model_error() -> None:
    short = GenericSounds(generic().points, generic().free[:, :5], generic().sources, "a")
    for content in (b"", b"text", to_bytes(generic())[:-40], to_bytes(short)):
        with pytest.raises(ModelError, match="install the release again"):
            from_bytes(content)
