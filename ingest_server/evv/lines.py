"""The EVV export as files are written: CSV for spreadsheets, JSON for programs. Pure."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from ingest_server.evv.sheet import COLUMNS, cells_of
from ingest_server.evv.visit import EvvVisit
from ingest_server.exports.csv_file import MARK, csv_bytes

Batches = Iterable[tuple[EvvVisit, ...]]


class Form(StrEnum):
    """How a file is written; a value is the ending of its name too."""

    CSV = "csv"
    JSON = "json"


MEDIA_TYPES: Final = {Form.CSV: "text/csv; charset=utf-8", Form.JSON: "application/json"}


def lines_of(batches: Batches, form: Form) -> Iterator[bytes]:
    """A file, a part for each batch of visits."""
    return _csv(batches) if form is Form.CSV else _json(batches)


def _csv(batches: Batches) -> Iterator[bytes]:
    yield MARK + csv_bytes([COLUMNS])
    for batch in batches:
        yield csv_bytes(cells_of(visit) for visit in batch)


def _json(batches: Batches) -> Iterator[bytes]:
    """One document, a visit a line: ``{"visits": [...]}``."""
    yield b'{"visits": ['
    parting = b"\n"
    for batch in filter(None, batches):
        yield parting + b",\n".join(map(msgspec.json.encode, batch))
        parting = b",\n"
    yield b"\n]}\n"
