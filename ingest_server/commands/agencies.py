"""``ingest-server agencies``: the district that each agency is of, and its name."""

from typing import Annotated

import structlog
import typer
from rich.markup import escape
from rich.table import Table

from ingest_server.commands.authors import Author, Note, author
from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, existing_database
from ingest_server.commands.tables import terminal, words
from ingest_server.commands.trailed import as_given, managing
from ingest_server.store.agencies import known_agencies
from ingest_server.store.districts import Agency, find_agency, registered_agencies, set_agency

MOST_LISTED = 100_000
log = structlog.get_logger()
app = typer.Typer(help="机构所属的区与名称 · Districts and names of agencies.", cls=PlainGroup, no_args_is_help=True)


@app.command("set")
def set_one(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    agency: Annotated[str, typer.Argument(metavar="AGENCY", help="机构 · The agency's id.")],
    district: Annotated[str | None, typer.Option(help="所属的区 · Its district, such as 310115 or 浦东新区.")] = None,
    name: Annotated[str | None, typer.Option(help="名称 · Its name, one line.")] = None,
    by: Author = None,
    note: Note = None,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """登记机构 · Enter an agency's district or name, or change them; what is not given stays. "" takes one away.

    An agency is known once a device is enrolled for it, a user is entered for it, or a visit names it. Overviews show a
    change within minutes; who made it is told in the trail, and why in the log.
    """
    if district is None and name is None:
        raise typer.BadParameter("请给出 --district 或 --name · give --district or --name, or both")
    store, told = existing_database(database, data_dir), as_given({"--district": district, "--name": name})
    with managing(store, "agencies set", agency, told, by=by) as connection:
        who, was = author(connection, by, note), find_agency(connection, agency)
        now = Agency(agency, _changed(was.district, district), _changed(was.name, name))
        set_agency(connection, now)
    log.info(
        "agency registered", by=who.actor, note=who.note, agency=agency, district=now.district, was_of=was.district
    )
    typer.echo(f"{agency}：{now.district or '未定区 no district'}，{now.name or '无名称 no name'}")


@app.command("list")
def list_agencies(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """列出机构 · Show every agency that this server knows, with its district and name."""
    table = Table(words("机构 agency"), words("区 district"), words("名称 name"))
    with existing_database(database, data_dir).reading() as connection:
        known = {entry.agency: entry for entry in registered_agencies(connection)}
        for agency in known_agencies(connection, MOST_LISTED):
            entry = known.get(agency, Agency(agency, None, None))
            table.add_row(agency, entry.district or "", escape(entry.name or ""))
    terminal().print(table)


def _changed(was: str | None, given: str | None) -> str | None:
    return was if given is None else given or None
