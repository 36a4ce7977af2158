"""`visit-sim history`: what was asked, and the folder that is written.

FOLDER/history.json      what was asked; the same command goes on where it was interrupted
FOLDER/devices.jsonl     the devices' public keys, for `ingest-server devices import`
FOLDER/recipients.csv    disability levels, for `ingest-server recipients import`
FOLDER/records/*.jws     sealed records, one a line, for `ingest-server intake`
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from sim.benchmark.processes import in_order
from sim.benchmark.world import named_world
from sim.city.city import City, Span
from sim.city.devices import enrolments, levels
from sim.city.records import chunks, write_chunk
from sim.errors import HistoryError

ASKED, DEVICES, RECIPIENTS, RECORDS = "history.json", "devices.jsonl", "recipients.csv", "records"
SCHEMA: Final = "carewitness.history/1"


class Asked(Struct, frozen=True, kw_only=True):
    """Everything that the bytes of a history depend on."""

    schema: str = SCHEMA
    world: str
    visits: int
    seed: int
    agencies: int | None
    days: int
    until: date


@dataclass(frozen=True)
class Written:
    """What a history came to, and how long it took."""

    visits: int
    devices: int
    agencies: int
    seconds: float


def write_history(folder: Path, asked: Asked, processes: int, console: Console) -> Written:
    """Write the files, or what is missing of them.

    Raises:
        HistoryError: the folder holds something else, or there is no such city.
        BenchmarkError: the world cannot be read, or a process was ended from outside.
        OSError: a file cannot be written.
    """
    began_s = time.monotonic()
    city = City.drawn(named_world(asked.world), asked.seed, asked.visits, Span(asked.days, asked.until), asked.agencies)
    _prepare(folder, asked)
    _write(folder / DEVICES, enrolments(asked.seed, city.people))
    _write(folder / RECIPIENTS, levels(city.people))
    with _progress(console) as progress:
        bar = progress.add_task("一座城市的历史 · a city's history, signed", total=asked.visits)
        for visits in in_order(write_chunk, chunks(city, folder / RECORDS), processes):
            progress.advance(bar, visits)
    homes = [home for person in city.people for home in person.homes]
    return Written(asked.visits, len(homes), len({home.agency for home in homes}), time.monotonic() - began_s)


def _prepare(folder: Path, asked: Asked) -> None:
    told = msgspec.json.format(msgspec.json.encode(asked), indent=1) + b"\n"
    mark = folder / ASKED
    if mark.exists() and mark.read_bytes() != told:
        raise HistoryError(f"{folder} holds another history, as {mark} tells; name another folder, or ask for that one")
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise HistoryError(f"{folder} holds files of something else; name another folder")
    (folder / RECORDS).mkdir(parents=True, exist_ok=True)
    mark.write_bytes(told)


def _write(file: Path, lines: Iterable[bytes]) -> None:
    with file.open("wb") as opened:
        opened.writelines(lines)


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console)
