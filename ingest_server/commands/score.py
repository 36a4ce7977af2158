"""``ingest-server score``: stored visits weighed again, their verdicts kept beside the old ones."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import structlog
import typer
from sqlalchemy import Connection

from ingest_server.commands.authors import Author, Note, author
from ingest_server.commands.movement_tables import show
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, existing_database
from ingest_server.commands.trailed import as_given, enter_command
from ingest_server.commands.versions import live_rule_set, require_live, settled_rules
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
from ingest_server.counting_choice import chosen_counting
from ingest_server.errors import CalibrationError
from ingest_server.named import named_calibration
from ingest_server.rules.rule_set import RuleSet
from ingest_server.rules.thresholds import check_thresholds
from ingest_server.scoring.calibration import Calibration, shipped_versions
from ingest_server.shipped import enter_shipped_rules, with_a_way_out
from ingest_server.store.counted import recount
from ingest_server.store.database import Database
from ingest_server.store.thresholds import own_thresholds
from ingest_server.weighing_again import Adopted, Sampling

log = structlog.get_logger()


def score(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    since: Since,
    calibration: Annotated[str, typer.Option(metavar="V|FILE", help="校准版本或文件 · One that ships, or a file.")],
    rules: Annotated[
        str | None, typer.Option(metavar="V", help="规则版本 · A rule set that is no draft; the live one unless given.")
    ] = None,
    until: Until = None,
    agency: Agency = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="采用 · Let the new verdicts stand in lists, pages and shares.")
    ] = False,
    by: Author = None,
    note: Note = None,
    sample: Sample = 10,
    seed: Seed = 0,
    as_json: AsJson = False,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """重新评分 · Weigh stored visits again, beside the old verdicts; interrupted, it goes on where it stopped.

    Only verdicts under the live rules can be adopted; who weighed is told in the trail, and why they adopted in the
    log.

    返回码 · Exit status: 0 done, 1 it could not be done, also where no visit is in the period and agency asked for.
    """
    store, table = existing_database(database, data_dir), named_calibration(calibration)
    enter_shipped_rules(store)
    rule_set = _rules(store, rules, table)
    adopted = _counted_anew(table, rule_set, data_dir) if adopt else None
    with store.reading() as connection:
        overrides = own_thresholds(connection)
        if adopt:
            require_live(connection, rule_set)
        who = author(connection, by, note)
    again = weighing_under(store, table, rule_set, overrides)
    asked = Asked(since, until, agency)
    told = log.bind(by=who.actor, note=who.note, calibration=table.version, rules=rule_set.version, asked=asked.told)
    with progress(store, asked, rule_set) as (wanted, advance):
        # Before the first: what is interrupted stands as far as it came.
        under = as_given({"--calibration": table.version, "--rules": rule_set.version})
        enter_command(store, "score", under, asked.told, "--adopt" if adopt else None, by=by)
        if adopt:
            told.info("adopting verdicts")
        movement = again.score(wanted, Sampling(sample, seed), advance, at_ms=who.at_ms, adopt=adopted)
    if adopt:
        told.info("verdicts adopted", visits=movement.visits, moved=movement.moved)
    show(movement, as_json=as_json)


def _rules(store: Database, version: str | None, table: Calibration) -> RuleSet:
    """The rules of a version, or else the live ones, if no single cue can pass their threshold under a table."""
    way_out = with_a_way_out(store) if version is None else nullcontext()
    with way_out, store.reading() as connection:
        found = live_rule_set(connection) if version is None else settled_rules(connection, version)
        check_thresholds(found.thresholds, table, found)
    return found


def _counted_anew(table: Calibration, rule_set: RuleSet, data_dir: Path) -> Adopted:
    """What follows the verdicts that stand beside the lists and pages: the sums that shares are estimated from."""
    # They take a calibration's prior out again, also when they are computed afresh, without the file.
    if table.version not in shipped_versions():
        raise CalibrationError(
            f"calibration {table.version} does not ship; verdicts under it are kept beside the others without `--adopt`"
        )
    counting = chosen_counting(data_dir)

    def adopted(connection: Connection, digests: Sequence[str]) -> None:
        # Others may have gone live since the first batch.
        require_live(connection, rule_set)
        recount(connection, digests, counting)

    return adopted
