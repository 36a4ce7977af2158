"""A face that stays is embedded now and then; one that may have been exchanged is embedded at once."""

import pytest

from edge_agent.perception.face_library import Box
from edge_agent.perception.face_pace import EMBED_EVERY_MS, EmbeddingPace, Glance

HERE: Box = (100, 300, 260, 140)


def _due(pace: EmbeddingPace, at_ms: int, quality: float = 0.6, box: Box = HERE) -> bool:
    glance = Glance(at_ms, quality, box)
    pace.follow(glance)
    return pace.due(glance)


def _moved(down: int, right: int, larger: int = 0) -> Box:
    top, right_side, bottom, left = HERE
    return top + down, right_side + right + larger, bottom + down + larger, left + right


def test_a_face_that_stays_is_embedded_once_a_second() -> None:
    pace = EmbeddingPace()
    assert [at_ms for at_ms in range(0, 3_000, 200) if _due(pace, at_ms)] == [0, 1_000, 2_000]
    assert EMBED_EVERY_MS == 1_000


def test_a_clearly_better_look_need_not_wait() -> None:
    pace = EmbeddingPace()
    assert _due(pace, 0, 0.3)
    assert not _due(pace, 200, 0.5)
    assert _due(pace, 400, 0.6)
    assert not _due(pace, 600, 0.8)


@pytest.mark.parametrize(
    "box",
    [_moved(0, 100), _moved(-90, 0), _moved(0, 0, larger=90)],
    ids=["beside", "above", "nearer"],
)
def test_a_face_that_jumped_may_be_another(box: Box) -> None:
    pace = EmbeddingPace()
    assert _due(pace, 0)
    assert _due(pace, 200, box=box)


def test_a_face_that_sways_is_the_same() -> None:
    pace = EmbeddingPace()
    assert _due(pace, 0)
    assert not any(_due(pace, 200 * i, box=_moved(0, 60 * i)) for i in range(1, 5))


def test_a_face_that_was_gone_may_be_another() -> None:
    pace = EmbeddingPace()
    assert _due(pace, 0)
    pace.lose()
    assert _due(pace, 200)


def test_a_face_exchanged_while_it_was_not_good_enough_is_embedded_at_once() -> None:
    pace = EmbeddingPace()
    assert _due(pace, 0)
    pace.follow(Glance(200, 0.0, _moved(0, 120)))
    assert _due(pace, 400, box=_moved(0, 120))


def test_without_a_pace_every_look_is_embedded_even_of_one_moment() -> None:
    pace = EmbeddingPace(every_ms=0)
    assert all(_due(pace, 0) for _ in range(3))
