"""``ingest-server trail``: the audit trail."""

import typer

from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, existing_database
from ingest_server.store.trail import check_trail

app = typer.Typer(help="留痕 · The audit trail.", cls=PlainGroup, no_args_is_help=True)


@app.callback()
def trail() -> None:
    """留痕 · The audit trail: who logged in, looked at evidence and decided."""


@app.command()
def check(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """核对 · Follow the trail from its beginning; ends with 1 where an entry was altered or is missing."""
    with existing_database(database, data_dir).reading() as connection:
        count = check_trail(connection)
    typer.echo(f"留痕完整，共 {count} 条 · The trail holds, {count} entries.")
