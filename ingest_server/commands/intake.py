"""``ingest-server intake``: records that come in files, by the same way as those from the broker."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, existing_database
from ingest_server.commands.tables import figure, terminal, words
from ingest_server.commands.trailed import enter_command
from ingest_server.data_dir import server_key
from ingest_server.intake.carried import Carried, Source
from ingest_server.intake.carried_files import carried_files, lines_of
from ingest_server.intake.outcome import Outcome
from ingest_server.logs import log_to_stderr
from ingest_server.settings import default_database_url
from ingest_server.shipped import enter_shipped_rules, with_a_way_out
from visit_record.receipts import Receipt, sign_receipt

SOME_REFUSED = 3


def intake(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FOLDER|FILE…", help="目录或文件 · Folders of *.jws, or files: a sealed record a line."),
    ],
    receipts: Annotated[
        Path | None, typer.Option(help="写入签名收据 · Write signed receipts into this file, one a line.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="进程数 · Processes that weigh; as many as there are cores by default.")
    ] = None,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """从文件接收记录 · Take in records from files, by the same way as from the broker: of enrolled devices alone.

    What is there already is counted and left as it is, so that the same command goes on where it was interrupted.

    返回码 · Exit status: 0 all are in, 1 it could not be done, 3 some were refused, 130 interrupted.
    """
    store, found, outcome = existing_database(database, data_dir), carried_files(files), Outcome()
    enter_shipped_rules(store)
    with with_a_way_out(store):
        carried = Carried(Source(database or default_database_url(data_dir), data_dir), outcome)
    enter_command(store, "intake", *map(str, files))
    batches = carried.take(lines_of(found), processes or os.cpu_count() or 1, partial(log_to_stderr, logging.WARNING))
    try:
        with _progress(outcome, found) as advance, _written(receipts, data_dir) as write:
            for size, stored in batches:
                write(stored)
                advance(size)
    except KeyboardInterrupt:
        typer.echo("已中断，重复同一命令可继续 · Interrupted; the same command goes on from here.", err=True)
        raise SystemExit(130) from None
    _tell(outcome)
    raise SystemExit(SOME_REFUSED if outcome.refusals else 0)


@contextmanager
def _progress(outcome: Outcome, files: list[Path]) -> Iterator[Callable[[int], None]]:
    """A bar over the files' bytes, on standard error where that is a terminal; with what moves it."""
    columns = (TextColumn("接收 taking in"), BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"))
    bars = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), disable=not sys.stderr.isatty())
    with bars as bar:
        task = bar.add_task("", total=sum(file.stat().st_size for file in files))

        def advance(size: int) -> None:
            bar.update(task, advance=size, description=f"{outcome.accepted_so_far + outcome.repeated_so_far:,}")

        yield advance


@contextmanager
def _written(receipts: Path | None, data_dir: Path) -> Iterator[Callable[[list[Receipt]], None]]:
    """What writes receipts into a file: signed only where somebody is to get them."""
    if receipts is None:
        yield lambda _stored: None
        return
    key = server_key(data_dir)
    with receipts.open("ab") as file:
        yield lambda stored: file.writelines(sign_receipt(one, key) + b"\n" for one in stored)


def _tell(outcome: Outcome) -> None:
    refused = outcome.refusals.total()
    typer.echo(
        f"新收 {outcome.accepted_so_far} 条，已有 {outcome.repeated_so_far} 条，拒收 {refused} 条 · "
        f"{outcome.accepted_so_far} records taken in, {outcome.repeated_so_far} there already, {refused} refused"
    )
    if refused:
        table = Table(words("拒收原因 reason"), figure("条数\nrecords"), words("首见于 first met at"))
        for reason, count in outcome.refusals.most_common():
            table.add_row(reason, str(count), "\n".join(outcome.places[reason]))
        terminal().print(table)
