"""Text that is shown as it stands, though some of its characters hide or forge; and text that is worth reading."""

import unicodedata
from typing import Final

from ingest_server.words.bilingual import Words
from visit_record.readable import is_readable

_MARK: Final = "\N{REPLACEMENT CHARACTER}"
# A Chinese character says about as much as two letters: the shortest reason is four of them, or eight letters.
_LETTERS: Final = 8
_DIFFERENT: Final = 4
A_SENTENCE: Final = Words(
    "请写成一句话：至少 4 个汉字或 8 个字母，其中至少 4 个各不相同",
    "write a sentence that says what happened: at least 8 letters or 4 Chinese characters, 4 of them different",
)


def readable(text: str) -> str:
    """A text with a mark in the place of each character that hides or forges."""
    return "".join(character if is_readable(character) else _MARK for character in text)


def is_sentence(text: str) -> bool:
    """Whether a reason says anything to whoever reads it later; digits and marks by themselves do not."""
    letters = [character for character in text.casefold() if character.isalpha()]
    said = sum(2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1 for letter in letters)
    return said >= _LETTERS and len(set(letters)) >= _DIFFERENT
