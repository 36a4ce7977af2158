"""The evidence journal: every observation and action of a visit, one line of canonical JSON each.

The record carries only the journal's SHA-256. Whatever is released from a journal later can be checked against it.
Lines are kept in memory during the visit and stored with the record at sealing.
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

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._encode = msgspec.json.Encoder(order="deterministic").encode

    def write(self, entry: Struct) -> None:
        """Add one observation or action: its tag, then its fields in the order of their definition."""
        self._lines.append(self._encode(entry) + b"\n")

    def commitment(self) -> str:
        """SHA-256 over all lines so far, in hexadecimal."""
        return hashlib.sha256(b"".join(self._lines)).hexdigest()

    def close(self, visit: str) -> ClosedJournal:
        """The journal of a visit, as it is stored."""
        return ClosedJournal(visit, b"".join(self._lines), self.commitment())
