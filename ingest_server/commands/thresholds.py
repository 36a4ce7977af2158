"""``ingest-server thresholds``: from which suspicion an agency's visits are looked at, where it differs."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from ingest_server.commands.authors import Author, Note, author
from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, database_with_rules, existing_database
from ingest_server.commands.tables import figure, terminal, words
from ingest_server.commands.trailed import as_given, managing
from ingest_server.commands.versions import live_rule_set
from ingest_server.rules.thresholds import check_thresholds
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.scoring.verdict import Thresholds
from ingest_server.store import thresholds
from ingest_server.store.agencies import require_known_agency

app = typer.Typer(
    help="各机构的复核阈值 · Thresholds of single agencies. They move bands, never reasons.",
    cls=PlainGroup,
    no_args_is_help=True,
)
AgencyName = Annotated[str, typer.Argument(metavar="AGENCY", help="机构 · The agency's id.")]


@app.command("list")
def list_thresholds(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """列出阈值 · Show what holds for all, and for agencies that differ."""
    store = database_with_rules(database, data_dir)
    table = Table(
        words("机构 agency"), figure("复核 review"), figure("优先 hold"), words("操作人 by"), words("说明 note")
    )
    with store.reading() as connection:
        live = live_rule_set(connection)
        own = thresholds.own_thresholds(connection)
        last = {change.agency: change for change in thresholds.threshold_history(connection)}
    table.add_row(
        "（全部 all）", f"{live.thresholds.review:g}", f"{live.thresholds.hold:g}", f"规则 rules {live.version}", ""
    )
    for agency, found in sorted(own.items()):
        change = last[agency]
        table.add_row(agency, f"{found.review:g}", f"{found.hold:g}", escape(change.actor), escape(change.note or ""))
    terminal().print(table)


@app.command("set")
def set_thresholds(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    agency: AgencyName,
    review: Annotated[float, typer.Option(help="可疑度达到即须复核 · Suspicion from which a person should look.")],
    hold: Annotated[float, typer.Option(help="可疑度达到即优先复核 · Suspicion from which before anything else.")],
    by: Author = None,
    note: Note = None,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """设定机构阈值 · Give an agency thresholds of its own, for visits that arrive from now on.

    An agency is known once a device is enrolled for it, a user is entered for it, or a visit names it.
    """
    store = database_with_rules(database, data_dir)
    wanted, told = Thresholds(review, hold, agency), as_given({"--review": f"{review:g}", "--hold": f"{hold:g}"})
    with managing(store, "thresholds set", agency, told, by=by) as connection:
        require_known_agency(connection, agency)
        rule_set = live_rule_set(connection)
        check_thresholds(wanted, shipped_calibration(EVIDENCE_IDS), rule_set)
        thresholds.set_thresholds(connection, agency, wanted, author(connection, by, note))
    typer.echo(f"{agency}：复核 {review:g}，优先 {hold:g} · review {review:g}, hold {hold:g}")


@app.command("clear")
def clear_thresholds(
    agency: AgencyName,
    by: Author = None,
    note: Note = None,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """取消机构阈值 · Give an agency the rule set's thresholds again."""
    with managing(existing_database(database, data_dir), "thresholds clear", agency, by=by) as connection:
        thresholds.clear_thresholds(connection, agency, author(connection, by, note))
    typer.echo(f"{agency} 使用通用阈值 · has the rule set's thresholds again")
