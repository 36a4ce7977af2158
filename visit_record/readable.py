"""Text that reads as it stands, since some characters hide or forge a line of what people read later."""

import unicodedata
from typing import Final

# Control characters, separators of lines and paragraphs, halves of characters; and what turns the direction of writing.
_UNREADABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def is_readable(text: str, *, lines: bool = False) -> bool:
    """Whether a text reads as it stands; ``lines`` lets it have several."""
    return not any(
        unicodedata.category(character) in _UNREADABLE or unicodedata.bidirectional(character) in _TURNING
        for character in (text.replace("\n", "") if lines else text)
    )
