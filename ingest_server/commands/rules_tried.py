"""``ingest-server rules shadow`` and ``rules replay``: what a rule set would change before it goes live."""

from typing import Annotated

import typer

from ingest_server.commands.authors import Author, Note, author
from ingest_server.commands.movement_tables import show
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, database_with_rules
from ingest_server.commands.trailed import managing
from ingest_server.commands.versions import named_text
from ingest_server.commands.weighed_again import (
    Agency,
    AsJson,
    Asked,
    Sample,
    Seed,
    Since,
    Until,
    progress,
    weighing_under,
)
from ingest_server.errors import RulesError
from ingest_server.rules.rule_set import parse_rules
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.shadow import shadow_movement
from ingest_server.store import rule_sets
from ingest_server.store.database import Database
from ingest_server.store.history import Period
from ingest_server.store.movements import Tried, keep_movement
from ingest_server.store.thresholds import own_thresholds
from ingest_server.weighing_again import Sampling


def shadow(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    version: Annotated[
        str | None, typer.Argument(metavar="V", help="规则版本 · Version; without, what it found.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="停止 · Let none weigh in the shadow.")] = False,
    sample: Sample = 10,
    seed: Seed = 0,
    as_json: AsJson = False,
    by: Author = None,
    note: Note = None,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """影子运行 · Let a rule set weigh every new visit beside the live one, or show what it found so far."""
    store = database_with_rules(database, data_dir)
    if version is None and not none:
        _show_shadow(store, Sampling(sample, seed), by, note, as_json=as_json)
        return
    if version is not None and none:
        raise RulesError("name a version or say --none, not both")
    with managing(store, "rules shadow", version or "--none", by=by) as connection:
        rule_sets.cast_shadow(connection, version, author(connection, by, note))
    typer.echo("没有影子规则 · no rules weigh in the shadow" if none else f"{version} 影子运行 · weighs in the shadow")


def replay(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    version: Annotated[str, typer.Argument(metavar="V|FILE", help="规则版本或文件 · A version, or a file.")],
    since: Since,
    until: Until = None,
    agency: Agency = None,
    sample: Sample = 10,
    seed: Seed = 0,
    as_json: AsJson = False,
    by: Author = None,
    note: Note = None,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """重放 · Weigh stored visits under a rule set, keep no verdict, and show who would move, here and on the page."""
    store, calibration = database_with_rules(database, data_dir), shipped_calibration(EVIDENCE_IDS)
    with store.reading() as connection:
        # Asked first: whoever may not be named is told so before minutes of work.
        asked_by = author(connection, by, note)
        text, overrides = named_text(connection, version), own_thresholds(connection)
    rule_set = parse_rules(text, EVIDENCE_IDS)
    again = weighing_under(store, calibration, rule_set, overrides)
    asked = Asked(since, until, agency)
    with progress(store, asked, rule_set) as (wanted, advance):
        movement = again.replay(wanted, Sampling(sample, seed), advance)
    with managing(store, "rules replay", version, asked.told, by=by) as connection:
        keep_movement(connection, Tried.REPLAY, text, wanted, asked_by, movement)
    show(movement, as_json=as_json)


def _show_shadow(store: Database, sampling: Sampling, by: str | None, note: str | None, *, as_json: bool) -> None:
    with store.reading() as connection:
        found, asked_by = rule_sets.shadow_rules(connection), author(connection, by, note)
    if found is None:
        raise RulesError("no rule set weighs in the shadow; `ingest-server rules shadow V` lets one")
    versions = (shipped_calibration(EVIDENCE_IDS).version, found.version)
    movement = shadow_movement(store, versions, sampling)
    with managing(store, "rules shadow", by=by) as connection:
        keep_movement(connection, Tried.SHADOW, found.body, Period(0), asked_by, movement)
    show(movement, as_json=as_json)
