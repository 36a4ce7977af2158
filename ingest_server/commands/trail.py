"""``ingest-server trail``: the audit trail."""

import typer

from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, existing_database
from ingest_server.store.trail import check_trail
from ingest_server.store.trail_leaves import check_leaves

app = typer.Typer(help="留痕 · The audit trail.", cls=PlainGroup, no_args_is_help=True)


@app.callback()
def trail() -> None:
    """留痕 · The audit trail: who logged in, looked at evidence and decided."""


@app.command()
def check(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """核对 · Follow the trail from its beginning, and hold it to the ledger; ends with 1 where it was altered."""
    with existing_database(database, data_dir).reading() as connection:
        count, covered = check_trail(connection), check_leaves(connection)
    typer.echo(
        f"留痕完整，共 {count} 条，至第 {covered} 条已入账本 · "
        f"The trail holds, {count} entries; up to entry {covered} it is in the ledger."
    )
