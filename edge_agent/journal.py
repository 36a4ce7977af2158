"""The evidence journal: every observation and action of a visit, one line of canonical JSON each.

The record carries only the journal's SHA-256. Whatever is released from a journal later can be checked against it.
Lines are stored while the visit lasts (:mod:`edge_agent.keeping`), and once more with the record, as they are held in
memory: compressed, since a visit may last for many hours.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from msgspec import Struct


class Progress(Struct, frozen=True):
    """How far a visit had come when its lines were last kept; ``models`` is SHA-256 by role of those it used."""

    now_ms: int
    heard_ms: int = 0
    models: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class ClosedJournal:
    """A finished journal: the visit's id, its lines by zlib, and their SHA-256, before that, in hexadecimal."""

    visit: str
    lines_zlib: bytes
    commitment: str

    @property
    def lines(self) -> bytes:
        """The lines as UTF-8 JSON Lines."""
        return zlib.decompress(self.lines_zlib)


class Journal:
    """A journal that is being written, by one thread."""

    def __init__(self, lines: bytes = b"") -> None:
        """Go on after ``lines``, which are kept already."""
        self._packing, self._packed = zlib.compressobj(), bytearray()
        self._sha256 = hashlib.sha256()
        self._unkept: list[bytes] = []
        self._encode = msgspec.json.Encoder(order="deterministic").encode
        self._take(lines)

    def write(self, entry: Struct) -> None:
        """Add one observation or action: its tag, then its fields in the order of their definition."""
        # JSON escapes every line break within a value.
        line = self._encode(entry) + b"\n"
        self._take(line)
        self._unkept.append(line)

    @property
    def lines(self) -> bytes:
        """All lines so far."""
        return zlib.decompress(self._all_packed())

    @property
    def unkept(self) -> bytes:
        """The lines that nobody has stored yet."""
        return b"".join(self._unkept)

    def mark_kept(self) -> None:
        """All lines so far are stored."""
        self._unkept.clear()

    def commitment(self) -> str:
        """SHA-256 over all lines so far, in hexadecimal."""
        return self._sha256.hexdigest()

    def close(self, visit: str) -> ClosedJournal:
        """The journal of a visit, as it is stored."""
        return ClosedJournal(visit, self._all_packed(), self.commitment())

    def _take(self, lines: bytes) -> None:
        self._sha256.update(lines)
        self._packed += self._packing.compress(lines)

    def _all_packed(self) -> bytes:
        return bytes(self._packed) + self._packing.copy().flush()
