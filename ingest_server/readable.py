"""Text that reads as it stands, since some characters hide or forge a line of a history; and text worth reading."""

import unicodedata
from typing import Final

from ingest_server.words.bilingual import Words

# Control characters, separators of lines and paragraphs, halves of characters; and what turns the direction of writing.
_UNREADABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_MARK: Final = "\N{REPLACEMENT CHARACTER}"
# A Chinese character says about as much as two letters: the shortest reason is four of them, or eight letters.
_LETTERS: Final = 8
_DIFFERENT: Final = 4
A_SENTENCE: Final = Words(
    "请写成一句话：至少 4 个汉字或 8 个字母，其中至少 4 个各不相同",
    "write a sentence that says what happened: at least 8 letters or 4 Chinese characters, 4 of them different",
)


def is_readable(text: str, *, lines: bool = False) -> bool:
    """Whether a text reads as it stands; ``lines`` lets it have several."""
    return not any(
        unicodedata.category(character) in _UNREADABLE or unicodedata.bidirectional(character) in _TURNING
        for character in (text.replace("\n", "") if lines else text)
    )


def readable(text: str) -> str:
    """A text with a mark in the place of each character that hides or forges."""
    return "".join(character if is_readable(character) else _MARK for character in text)


def is_sentence(text: str) -> bool:
    """Whether a reason says anything to whoever reads it later; digits and marks by themselves do not."""
    letters = [character for character in text.casefold() if character.isalpha()]
    said = sum(2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1 for letter in letters)
    return said >= _LETTERS and len(set(letters)) >= _DIFFERENT
