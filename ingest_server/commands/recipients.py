"""``ingest-server recipients``: what the fund's registry says of the people who are cared for."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ingest_server.authenticity.registry import parse_registry
from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, current_database, existing_database
from ingest_server.commands.tables import figure, terminal, words
from ingest_server.counting_choice import chosen_counting
from ingest_server.errors import RegistryError
from ingest_server.store.counted import digests_of_recipients, recount
from ingest_server.store.recipients import register, registered

app = typer.Typer(help="被护理人登记 · Recipients and their disability level.", cls=PlainGroup, no_args_is_help=True)


@app.command("import")
def import_recipients(
    file: Annotated[Path, typer.Argument(help="登记表 · CSV in UTF-8: recipient,disability_level (0 to 6).")],
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """导入失能等级 · Enter or change disability levels: all of the file, or none. Nobody is removed."""
    levels, counting = _levels(file), chosen_counting(data_dir)
    with current_database(database, data_dir).writing() as connection:
        changed = register(connection, levels)
        recounted = recount(connection, digests_of_recipients(connection, changed), counting)
    typer.echo(f"{len(levels)} recipients read, {len(changed)} entered or changed, {recounted} visits counted anew")


@app.command("list")
def list_recipients(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """列出登记 · Show every recipient with a disability level."""
    table = Table(words("recipient"), figure("disability level"))
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
