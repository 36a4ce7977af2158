"""``ingest-server recipients``: what the fund's registry says of the people who are cared for."""

from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.table import Table

from ingest_server.authenticity.registry import parse_registry
from ingest_server.commands.authors import Author, Note, author
from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, current_database, existing_database
from ingest_server.commands.tables import figure, terminal, words
from ingest_server.commands.trailed import managing
from ingest_server.counting_choice import chosen_counting
from ingest_server.errors import RegistryError
from ingest_server.store.counted import digests_of_recipients, recount
from ingest_server.store.recipients import register, registered

log = structlog.get_logger()
app = typer.Typer(help="被护理人登记 · Recipients and their disability level.", cls=PlainGroup, no_args_is_help=True)


@app.command("import")
def import_recipients(
    file: Annotated[Path, typer.Argument(help="登记表 · CSV in UTF-8: recipient,disability_level (0 to 6).")],
    by: Author = None,
    note: Note = None,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """导入失能等级 · Enter or change disability levels: all of the file, or none. Nobody is removed.

    Who imported them is told in the trail, and why in the log.
    """
    levels, counting = _levels(file), chosen_counting(data_dir)
    store = current_database(database, data_dir)
    with managing(store, "recipients import", file.name, by=by) as connection:
        who = author(connection, by, note)
        changed = register(connection, levels)
        recounted = recount(connection, digests_of_recipients(connection, changed), counting)
    done = {"read": len(levels), "changed": len(changed), "visits": recounted}
    log.info("disability levels imported", by=who.actor, note=who.note, file=str(file), **done)
    typer.echo(
        f"读入 {len(levels)} 人，新增或更改 {len(changed)} 人，重新计入 {recounted} 次服务 · "
        f"{len(levels)} recipients read, {len(changed)} entered or changed, {recounted} visits counted anew"
    )


@app.command("list")
def list_recipients(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """列出登记 · Show every recipient with a disability level."""
    table = Table(words("被护理人 recipient"), figure("失能等级 disability level"))
    with existing_database(database, data_dir).reading() as connection:
        for recipient, level in registered(connection):
            table.add_row(recipient, str(level))
    terminal().print(table)


def _levels(file: Path) -> dict[str, int]:
    try:
        return dict(parse_registry(file.read_bytes()))
    except RegistryError as cause:
        raise RegistryError(f"{file}, {cause}; nothing was entered") from cause
    except OSError as cause:
        raise RegistryError(f"cannot read {file}: {cause.strerror}") from cause
