"""What counts as a reason that somebody can read later."""

import pytest

from ingest_server.readable import is_sentence


@pytest.mark.parametrize(
    "text",
    [
        "家属已签字",
        "漏签退，已电话核实",
        "she was unwell",
        "empty bed",
        "已核实signed",
        "Ранее звонила дочь",
        "護理員忘打卡",
    ],
)
def test_short_reason_is_one_in_any_script(text: str) -> None:
    assert is_sentence(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "ok",
        "12345678",
        "……！！——、。，",
        "哈哈哈哈",
        "没错",
        "aaaaaaaaaaaa",
        "abcabcabc",
        "sheet 12",
        "   \n\t ",
    ],
)
def test_what_says_nothing_is_no_reason(text: str) -> None:
    assert not is_sentence(text)
