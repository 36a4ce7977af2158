"""``ingest-server export``: what leaves in files, written whole or not at all, and entered in the trail."""

import re
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ingest_server.authenticity.counting import Period
from ingest_server.commands.authors import Author, author
from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, existing_database
from ingest_server.commands.trailed import MOST_ACTOR, as_given, enter_done
from ingest_server.edits.shares import EditorKind
from ingest_server.errors import ExportError
from ingest_server.evv.days import span_of
from ingest_server.evv.lines import Form, lines_of
from ingest_server.evv.sheet import SHARE_COLUMNS, share_cells
from ingest_server.evv.visit import EvvVisit
from ingest_server.exports.csv_file import MARK, csv_bytes
from ingest_server.local_days import zone_named
from ingest_server.store.database import Database
from ingest_server.store.edit_sums import ShareFilter, shares_page
from ingest_server.store.evv import EvvFilter, count_evv, evv_batches
from ingest_server.store.scope import Everything
from ingest_server.store.trail import actor_named
from ingest_server.vocabulary import Deed
from ingest_server.whole_file import whole_file

app = typer.Typer(help="导出 · What leaves in files.", cls=PlainGroup, no_args_is_help=True)
DATE = ["%Y-%m-%d"]
NEVER = 2**31 - 1
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


class Asked(Struct, frozen=True):
    """Which days, whose, and how the file is written."""

    first: date
    last: date
    agency: str | None
    caregiver: str | None
    format: Form

    @property
    def told(self) -> str:
        """The options that asked for it."""
        options = {"--from": self.first, "--to": self.last, "--agency": self.agency, "--caregiver": self.caregiver}
        return as_given(options | {"--format": self.format})


class Read(Struct):
    """How many visits were read until now."""

    visits: int = 0


@app.callback()
def export() -> None:
    """导出 · What leaves in files; every export is entered in the trail."""


@app.command()
def evv(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    first: Annotated[datetime, typer.Option("--from", formats=DATE, help="起始日期（含）· First day of check-in.")],
    last: Annotated[datetime, typer.Option("--to", formats=DATE, help="截止日期（含）· Last day of check-in.")],
    out: Annotated[Path, typer.Option(help="输出文件 · The file; one of that name is replaced once all is read.")],
    format: Annotated[Form, typer.Option(help="格式 · csv for spreadsheets, or json.")] = Form.CSV,
    agency: Annotated[str | None, typer.Option(help="机构 · One agency only.")] = None,
    caregiver: Annotated[str | None, typer.Option(help="护理员 · One caregiver only.")] = None,
    time_zone: Annotated[str, typer.Option(help="时区 · IANA time zone of days and times.")] = "Asia/Shanghai",
    by: Author = None,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """导出 EVV · Write visits with their six data elements, exceptions and edits; docs/evv.md describes each field."""
    store, zone = existing_database(database, data_dir), zone_named(time_zone)
    asked = Asked(first.date(), last.date(), agency, caregiver, format)
    wanted = EvvFilter(span_of(asked.first, asked.last, zone), agency, caregiver)
    with store.reading() as connection:
        total = count_evv(connection, Everything(), wanted, NEVER)
    if not total:
        raise ExportError(f"no visit matches {asked.told}; take other days, or check the ids", "没有符合条件的服务")
    with whole_file(out) as file:
        read = Read()
        file.writelines(lines_of(_watched(evv_batches(store, Everything(), wanted, zone), total, read), format))
        _enter(store, by, "evv", f"{asked.told} --out {out.name} rows:{read.visits}")
    typer.echo(f"已导出 {read.visits} 次服务到 {out} · {read.visits} visits written to {out}")


@app.command()
def shares(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    kind: Annotated[EditorKind, typer.Argument(help="对象 · Of caregivers, or of the supervisors who edited.")],
    since: Annotated[str, typer.Option(metavar="YYYY-MM", help="起始月份 · First month of check-in, UTC.")],
    until: Annotated[str, typer.Option(metavar="YYYY-MM", help="截止月份（含）· Last month.")],
    out: Annotated[Path, typer.Option(help="输出文件 · The file; one of that name is replaced.")],
    format: Annotated[Form, typer.Option(help="格式 · csv for spreadsheets, or json.")] = Form.CSV,
    agency: Annotated[str | None, typer.Option(help="机构 · One agency only.")] = None,
    by: Author = None,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """导出更正占比 · Write which share of visits was edited, per caregiver or per supervisor."""
    store, period = existing_database(database, data_dir), Period(_month(since), _month(until))
    with store.reading() as connection:
        found = shares_page(connection, Everything(), ShareFilter(kind, period, agency), NEVER)
    with whole_file(out) as file:
        if format is Form.CSV:
            file.write(MARK + csv_bytes([SHARE_COLUMNS, *(share_cells(kind, period, one) for one in found)]))
        else:
            file.write(msgspec.json.encode({"kind": kind, "since_month": since, "until_month": until, "shares": found}))
        _enter(store, by, "shares", f"{kind} --since {since} --until {until} --out {out.name} rows:{len(found)}")
    typer.echo(f"已导出 {len(found)} 行到 {out} · {len(found)} rows written to {out}")


def _watched(batches: Iterator[tuple[EvvVisit, ...]], total: int, read: Read) -> Iterator[tuple[EvvVisit, ...]]:
    columns = (TextColumn("导出 exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=total)
        for batch in batches:
            read.visits += len(batch)
            yield batch
            bar.advance(task, len(batch))


def _enter(store: Database, by: str | None, what: str, about: str) -> None:
    with store.writing() as connection:
        name = author(connection, by, None).actor[:MOST_ACTOR]
        # Whoever is no user of ours is the machine's, by their name there.
        enter_done(connection, replace(actor_named(connection, name), name=name), Deed.EXPORT, f"export {what}", about)


def _month(typed: str) -> str:
    if not _MONTH.fullmatch(typed):
        raise ExportError(f"{typed!r} is no month; write it such as 2026-09", f"月份 {typed!r} 无效，请写成 2026-09")
    return typed
