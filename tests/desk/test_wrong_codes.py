"""Codes are not guessed: how long one rests, for whom, and what a restart or a clock changes of it."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from edge_agent.codes import hashed
from edge_agent.desk.wrong_codes import FIRST_REST_MS, FREE_TRIES, LONGEST_REST_MS, MOST_KEPT, Tally, Tried, WrongCodes

NOW_MS = 1_767_600_000_000
ONE, OTHER = (hashed(code, bytes(16)) for code in ("4711", "0815"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wrong_codes.json"


def guess(codes: WrongCodes, times: int, now_ms: int = NOW_MS) -> list[Tried]:
    return [codes.tried("0000", ONE, now_ms) for _ in range(times)]


def test_a_code_rests_after_so_many_wrong_ones_and_no_other_does(file: Path) -> None:
    codes = WrongCodes(file)
    assert guess(codes, FREE_TRIES + 1) == [Tried.WRONG] * FREE_TRIES + [Tried.RESTS]
    assert codes.tried("4711", ONE, NOW_MS + FIRST_REST_MS - 1) is Tried.RESTS
    assert codes.tried("0815", OTHER, NOW_MS) is Tried.RIGHT
    assert codes.tried("4711", ONE, NOW_MS + FIRST_REST_MS) is Tried.RIGHT
    assert guess(codes, 1) == [Tried.WRONG], "the right one begins at nought"


def test_each_rest_is_longer_than_the_one_before_and_none_is_longer_than_a_day() -> None:
    rests = [Tally(wrong, 0).rest_ms for wrong in range(FREE_TRIES, FREE_TRIES + 8)]
    assert rests == sorted(set(rests))
    assert rests[0] == FIRST_REST_MS
    assert Tally(10_000, 0).rest_ms == LONGEST_REST_MS


def test_a_restart_forgives_nothing_and_a_clock_that_was_set_back_neither_shortens_nor_lengthens(file: Path) -> None:
    guess(WrongCodes(file), FREE_TRIES)
    assert WrongCodes(file).tried("4711", ONE, NOW_MS + 1) is Tried.RESTS
    again, earlier_ms = WrongCodes(file), NOW_MS - 30 * LONGEST_REST_MS
    assert again.tried("4711", ONE, earlier_ms) is Tried.RESTS
    assert again.tried("4711", ONE, earlier_ms + FIRST_REST_MS) is Tried.RIGHT


def test_a_new_pin_begins_at_nought(file: Path) -> None:
    codes = WrongCodes(file)
    guess(codes, FREE_TRIES)
    assert codes.tried("4711", hashed("4711", bytes(range(16))), NOW_MS) is Tried.RIGHT


def test_the_file_is_its_owner_s_alone_is_bounded_and_names_nobody(file: Path) -> None:
    codes = WrongCodes(file)
    for number in range(MOST_KEPT + 3):
        # What is no hash of ours matches nothing, and takes no time.
        codes.tried("0000", f"order-{number}", NOW_MS + number)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes().count(b"since_ms") == MOST_KEPT
    assert b"order" not in file.read_bytes()


def test_what_cannot_be_kept_or_read_is_told_and_locks_nobody_out(tmp_path: Path, file: Path) -> None:
    with capture_logs() as log:
        codes = WrongCodes(tmp_path / "nowhere" / "wrong_codes.json")
        assert guess(codes, FREE_TRIES + 1)[-1] is Tried.RESTS
        file.write_bytes(b"{")
        assert WrongCodes(file).tried("4711", ONE, NOW_MS) is Tried.RIGHT
    assert {line["event"] for line in log} == {"wrong_code", "wrong_codes_not_kept", "wrong_codes_unreadable"}
