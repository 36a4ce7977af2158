"""``ingest-server score``: stored visits weighed again, their verdicts kept beside the old ones."""

from pathlib import Path
from typing import Annotated

import typer

from ingest_server.clock import now_ms
from ingest_server.commands.movement_tables import show
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, existing_database
from ingest_server.commands.versions import live_rule_set, settled_rules
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
from ingest_server.rules.thresholds import check_thresholds
from ingest_server.scoring.calibration import Calibration, shipped_versions
from ingest_server.shipped import enter_shipped_rules
from ingest_server.store.counted import recount
from ingest_server.store.thresholds import own_thresholds
from ingest_server.weighing_again import Adopted, Sampling


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
    sample: Sample = 10,
    seed: Seed = 0,
    as_json: AsJson = False,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """重新评分 · Weigh stored visits again, beside the old verdicts; interrupted, it goes on where it stopped.

    返回码 · Exit status: 0 done, 1 it could not be done, also where no visit is in the period and agency asked for.
    """
    store, table = existing_database(database, data_dir), named_calibration(calibration)
    adopted = _counted_anew(table, data_dir) if adopt else None
    enter_shipped_rules(store)
    with store.reading() as connection:
        rule_set = live_rule_set(connection) if rules is None else settled_rules(connection, rules)
        overrides = own_thresholds(connection)
    check_thresholds(rule_set.thresholds, table, rule_set)
    again = weighing_under(store, table, rule_set, overrides)
    with progress(store, Asked(since, until, agency), rule_set) as (wanted, advance):
        movement = again.score(wanted, Sampling(sample, seed), advance, at_ms=now_ms(), adopt=adopted)
    show(movement, as_json=as_json)


def _counted_anew(table: Calibration, data_dir: Path) -> Adopted:
    """What follows the verdicts that stand beside the lists and pages: the sums that shares are estimated from."""
    # They take a calibration's prior out again, also when they are computed afresh, without the file.
    if table.version not in shipped_versions():
        raise CalibrationError(
            f"calibration {table.version} does not ship; verdicts under it are kept beside the others without `--adopt`"
        )
    counting = chosen_counting(data_dir)
    return lambda connection, digests: recount(connection, digests, counting)
