"""The evidence journal: every observation and action of a visit, one line of canonical JSON each.

The record carries only the journal's SHA-256. Whatever is released from a journal later can be checked against it.
Lines are stored while the visit lasts (:mod:`edge_agent.keeping`), and once more, compressed, with the record.
"""

import hashlib
from dataclasses import dataclass

import msgspec
from msgspec import Struct


@dataclass(frozen=True, slots=True)
class ClosedJournal:
    """A finished journal: the visit's id, its lines as UTF-8 JSON Lines, and their SHA-256 in hexadecimal."""

    visit: str
    lines: bytes
    commitment: str


class Journal:
    """A journal that is being written, by one thread."""

    def __init__(self, lines: bytes = b"") -> None:
        """Go on after ``lines``, which are kept already."""
        # JSON escapes every line break within a value.
        self._lines = lines.splitlines(keepends=True)
        self._kept = len(self._lines)
        self._encode = msgspec.json.Encoder(order="deterministic").encode

    def write(self, entry: Struct) -> None:
        """Add one observation or action: its tag, then its fields in the order of their definition."""
        self._lines.append(self._encode(entry) + b"\n")

    @property
    def lines(self) -> tuple[bytes, ...]:
        """All lines so far."""
        return tuple(self._lines)

    @property
    def unkept(self) -> bytes:
        """The lines that nobody has stored yet."""
        return b"".join(self._lines[self._kept :])

    def mark_kept(self) -> None:
        """All lines so far are stored."""
        self._kept = len(self._lines)

    def commitment(self) -> str:
        """SHA-256 over all lines so far, in hexadecimal."""
        return hashlib.sha256(b"".join(self._lines)).hexdigest()

    def close(self, visit: str) -> ClosedJournal:
        """The journal of a visit, as it is stored."""
        return ClosedJournal(visit, b"".join(self._lines), self.commitment())
