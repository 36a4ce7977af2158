"""``ingest-server authenticity``: the sums that shares of genuine service are estimated from."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, existing_database
from ingest_server.commands.trailed import enter_command
from ingest_server.counting_choice import chosen_counting
from ingest_server.store import afresh
from ingest_server.store.database import Database

app = typer.Typer(help="真实服务占比 · Shares of genuine service.", cls=PlainGroup, no_args_is_help=True)
DIFFERS = 3


@app.command()
def rebuild(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """全部重算 · Count every visit afresh: after an upgrade, a new tariff, or a difference found by `check`.

    Each agency's sums change at once; while it is counted, intake waits, and no record is lost.
    """
    store = existing_database(database, data_dir)
    counting = chosen_counting(data_dir)
    enter_command(store, "authenticity rebuild")
    with _progress("重算 Counting", store) as done:
        afresh.rebuild(store, counting, done)
    typer.echo("所有服务均已重新计入 · Every visit is counted afresh.")


@app.command()
def check(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """核对 · Compare the sums kept up to date with those computed afresh; ends with 3 where they differ.

    On PostgreSQL, records that arrive meanwhile may show as differences: ask again in a quiet moment.
    """
    store = existing_database(database, data_dir)
    with _progress("核对 Checking", store) as done:
        differences = afresh.check(store, chosen_counting(data_dir), done)
    for one in differences:
        first = ", ".join(" ".join(str(part) for part in key if part != one.agency) for key in one.first)
        typer.echo(f"{one.agency or '（全部 all）'}: {one.rows} rows differ, the first: {first}", err=True)
    if differences:
        typer.echo("两者不一致，请运行 rebuild · They differ; run `ingest-server authenticity rebuild`.", err=True)
        raise typer.Exit(DIFFERS)
    typer.echo("两者一致 · What is kept is what is computed afresh.")


@contextmanager
def _progress(doing: str, store: Database) -> Iterator[afresh.Progress]:
    with store.reading() as connection:
        total = afresh.count_stored(connection)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda visits: bar.advance(task, visits)
