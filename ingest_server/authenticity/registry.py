"""Reading the fund's list of recipients: who has which disability level. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Final

from ingest_server.errors import RegistryError
from visit_record.record import IDENTIFIER

COLUMNS: Final = ("recipient", "disability_level")
LEVELS: Final = range(7)


def parse_registry(content: bytes) -> Mapping[str, int]:
    """Levels by recipient, from CSV with the header ``recipient,disability_level``; further columns are not read.

    Raises:
        RegistryError: naming the line that is malformed, or there twice.
    """
    try:
        # Spreadsheets like to begin a file with a byte-order mark.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        line = content[: cause.start].count(b"\n") + 1
        raise RegistryError(f"line {line}: this is no UTF-8; save the list as CSV in UTF-8") from cause
    levels: dict[str, int] = {}
    first_seen: dict[str, int] = {}
    for line, recipient, level in _entries(text):
        if recipient in levels:
            raise RegistryError(f"line {line}: {recipient} stands in line {first_seen[recipient]} already")
        levels[recipient], first_seen[recipient] = level, line
    return levels


def _entries(text: str) -> Iterator[tuple[int, str, int]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        places = [_place(header, name) for name in COLUMNS]
        for row in reader:
            if any(cell.strip() for cell in row):
                yield (reader.line_num, *_entry(row, places, reader.line_num))
    except csv.Error as cause:
        raise RegistryError(f"line {reader.line_num}: {cause}") from cause


def _place(header: list[str], name: str) -> int:
    if name not in header:
        raise RegistryError(f"line 1: there is no column {name!r}; the first line must be {','.join(COLUMNS)}")
    return header.index(name)


def _entry(row: list[str], places: list[int], line: int) -> tuple[str, int]:
    if len(row) <= max(places):
        raise RegistryError(f"line {line}: {len(row)} cells, and there must be {max(places) + 1}")
    recipient, level = (row[place].strip() for place in places)
    if not IDENTIFIER.fullmatch(recipient):
        raise RegistryError(
            f"line {line}: {recipient[:80]!r} is no id: at most 64 letters, digits, and . _ - after the first"
        )
    if level not in {str(known) for known in LEVELS}:
        raise RegistryError(f"line {line}: {level[:80]!r} is no disability level: {LEVELS[0]} to {LEVELS[-1]}")
    return recipient, int(level)
