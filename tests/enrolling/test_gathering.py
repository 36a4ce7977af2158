"""Parts of codes join whatever comes between them; nothing that is not whole is ever a code."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from edge_agent.enrolling.gathering import MOST_CODES, Gathering, Noticed
from edge_agent.enrolling.words import NOTICED, SHOW, standing
from visit_record.code_parts import CodeKind, CodePart, split

ONE, OTHER = b"one" * 100, b"other" * 100
PARTS = split(CodeKind.SITE, ONE, 100)
OTHERS = split(CodeKind.SITE, OTHER, 100)


def texts(*parts: CodePart) -> list[str]:
    return [part.text for part in parts]


def gathered(shown: list[str], wanted: CodeKind = CodeKind.SITE) -> tuple[Gathering, list[Noticed]]:
    gathering = Gathering(wanted)
    return gathering, [gathering.take(text) for text in shown]


@given(some.randoms(), some.integers(0, 20))
def test_any_order_with_anything_between_makes_the_code(dice: random.Random, foreign: int) -> None:
    shown = texts(*PARTS, *PARTS) + [f"https://example.org/{number}" for number in range(foreign)]
    dice.shuffle(shown)
    assert gathered(shown)[0].document == ONE


def test_parts_of_two_codes_in_turn_never_mix_and_the_first_whole_one_is_it() -> None:
    gathering, noticed = gathered(texts(PARTS[0], OTHERS[1], PARTS[2], OTHERS[3], PARTS[1]))
    assert gathering.document == ONE
    assert noticed == [Noticed.NEW_PART, Noticed.ANOTHER_CODE, *[Noticed.NEW_PART] * 3]


def test_what_is_missing_is_of_the_code_shown_last() -> None:
    gathering, _ = gathered(texts(PARTS[0], OTHERS[1]))
    assert (gathering.missing, gathering.count) == ((1, 3, 4, 5), 5)
    gathering.take(PARTS[0].text)
    assert (gathering.missing, gathering.count) == ((2, 3), 3)
    assert gathering.document is None


def test_a_part_that_was_altered_is_dropped_with_its_code_and_the_code_can_be_shown_again() -> None:
    altered = msgspec.structs.replace(PARTS[2], content=b"x" * 100)
    gathering, noticed = gathered(texts(PARTS[0], PARTS[1], altered))
    assert noticed[-1] is Noticed.DAMAGED
    assert (gathering.document, gathering.count) == (None, 0)
    for text in texts(*PARTS):
        gathering.take(text)
    assert gathering.document == ONE


def test_a_film_of_codes_does_not_fill_the_memory() -> None:
    first = [split(CodeKind.SITE, bytes([number]) * 200, 100)[0] for number in range(50)]
    gathering, _ = gathered(texts(*first))
    assert len(gathering._codes) == MOST_CODES


OTHER_THINGS = {
    "a web address": (["https://example.org"], Noticed.FOREIGN),
    "a later version": ([PARTS[0].text.replace("CW1", "CW9")], Noticed.OTHER_VERSION),
    "a device's request": (texts(*split(CodeKind.REQUEST, ONE[:200], 200)), Noticed.WRONG_KIND),
    "a torn code": ([PARTS[0].text[:30]], Noticed.DAMAGED),
}


@pytest.mark.parametrize("case", OTHER_THINGS)
def test_what_came_before_the_camera_is_called_what_it_is(case: str) -> None:
    shown, expected = OTHER_THINGS[case]
    gathering, noticed = gathered(shown)
    assert noticed == [expected]
    assert gathering.document is None


def test_a_part_that_is_known_is_no_news() -> None:
    assert gathered(texts(PARTS[0], PARTS[0]))[1] == [Noticed.NEW_PART, Noticed.KNOWN_PART]


def test_the_device_says_in_both_languages_how_far_it_is() -> None:
    gathering, _ = gathered([])
    assert standing(gathering).both == "还没有读到登记码 · no code of this system was read yet"
    gathering.take(PARTS[1].text)
    assert standing(gathering).both == "共 3 个码，已有 1 个，还缺第 1、3 个 · 1 of 3 codes; wanting 1, 3"
    for text in texts(*PARTS):
        gathering.take(text)
    assert standing(gathering).both == "3 个码都已读到 · all of the 3 codes are read"


def test_whatever_is_noticed_has_its_words_but_what_its_standing_tells() -> None:
    assert set(NOTICED) == set(Noticed) - {Noticed.NEW_PART, Noticed.KNOWN_PART}
    assert set(SHOW) == set(CodeKind)
