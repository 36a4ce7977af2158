"""Verdicts that are given again and let stand move the shares of genuine service with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select
from typer.testing import CliRunner, Result

from ingest_server.cli import app
from ingest_server.scoring.calibration import CURRENT
from ingest_server.settings import DATABASE_FILE
from ingest_server.store import rule_sets
from ingest_server.store.changes import By
from ingest_server.store.database import Database
from ingest_server.store.schema import daily_tallies, tallies
from tests.ingest_server.conftest import BY_HAND, NOW_MS
from tests.ingest_server.rules.documents import SHIPPED_VERSION, one_rule
from tests.ingest_server.web.conftest import Web, fill, fresh_web, web_on

# Rules that weigh: whoever stays longer than half an hour is a little more suspect.
HEAVY = one_rule("weight = { empty_order = 6.0 }", asks='{ kind = "longer_than", most_hours = 0.5 }').replace(
    "small", "heavy"
)


@dataclass
class Store:
    """A filled database in a folder of its own, and the command line on it."""

    web: Web
    folder: Path

    @property
    def database(self) -> Database:
        return self.web.database

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--data-dir", str(self.folder)])

    def score(self, rules: str, *options: str, calibration: str = BY_HAND) -> Result:
        return self.run(
            "score", "--since", "2026-01-01", "--calibration", calibration, "--rules", rules, "--json", *options
        )

    def kept(self) -> list[tuple[object, ...]]:
        with self.database.reading() as connection:
            tables = (tallies, daily_tallies)
            return [row for table in tables for row in sorted(tuple(one) for one in connection.execute(select(table)))]

    def at_risk_fen(self) -> int:
        found = self.web.client("auditor").get("/api/v1/authenticity/caregiver/caregiver-1").json()
        return int(found["money"]["at_risk_fen"])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Web]:
    """A filled database that nobody writes to, for tests to copy."""
    file = tmp_path_factory.mktemp("filled") / DATABASE_FILE
    database = Database(f"sqlite:///{file}")
    database.require_current()
    web = fresh_web(database)
    fill(web)
    with database.writing() as connection:
        rule_sets.draft(connection, "heavy", HEAVY, By("auditor", NOW_MS))
        rule_sets.commit(connection, "heavy", By("auditor", NOW_MS))
    database.close()
    return file, web


@pytest.fixture
def store(tmp_path: Path, filled: tuple[Path, Web]) -> Iterator[Store]:
    file, original = filled
    database = Database(f"sqlite:///{copy(file, tmp_path)}")
    web = web_on(database, original.tokens)
    web.visits = original.visits
    yield Store(web, tmp_path)
    database.close()


def checked(store: Store) -> None:
    answer = store.run("authenticity", "check")
    assert answer.exit_code == 0, answer.output


def test_adopted_verdicts_move_the_shares_and_what_is_kept_is_what_is_computed_afresh(store: Store) -> None:
    before, money = store.kept(), store.at_risk_fen()
    assert store.run("rules", "publish", "heavy").exit_code == 0
    assert store.score("heavy", "--adopt").exit_code == 0
    assert store.at_risk_fen() > money
    checked(store)
    after = store.kept()
    assert store.run("authenticity", "rebuild").exit_code == 0
    assert store.kept() == after != before


def test_verdicts_adopted_and_taken_back_leave_no_trace(store: Store) -> None:
    before = store.kept()
    assert store.run("rules", "publish", "heavy").exit_code == 0
    for _ in range(2):
        assert store.score("heavy", "--adopt").exit_code == 0
    assert store.run("rules", "rollback").exit_code == 0
    assert store.score(SHIPPED_VERSION, "--adopt").exit_code == 0
    assert store.kept() == before


def test_verdicts_kept_beside_the_standing_ones_move_no_share(store: Store) -> None:
    before = store.kept()
    assert store.score("heavy").exit_code == 0
    assert store.kept() == before
    checked(store)


def test_visits_from_before_there_were_shares_are_counted_when_they_are_weighed_again(store: Store) -> None:
    before = store.kept()
    with store.database.writing() as connection:
        for table in ("tallies", "daily_tallies", "counted_visits"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert store.run("authenticity", "check").exit_code == 3
    assert store.score(SHIPPED_VERSION, "--adopt").exit_code == 0
    assert store.kept() == before


def test_calibration_that_does_not_ship_may_weigh_and_not_stand(store: Store, tmp_path: Path) -> None:
    shipped = Path(rule_sets.__file__).parents[1] / "scoring" / "calibrations" / f"{BY_HAND}.toml"
    own = tmp_path / "own.toml"
    own.write_text(shipped.read_text("utf-8").replace(f'"{BY_HAND}"', '"own"', 1), "utf-8")
    assert store.score(SHIPPED_VERSION, calibration=str(own)).exit_code == 0
    refused = store.score(SHIPPED_VERSION, "--adopt", calibration=str(own))
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert "calibration own-" in refused.stderr
    checked(store)


def test_database_from_before_rules_is_counted_after_the_two_commands_of_an_upgrade(store: Store) -> None:
    """Its verdicts are by a calibration that does not ship any more, so that nothing can take its prior out again."""
    before = store.kept()
    with store.database.writing() as connection:
        for statement in (
            "UPDATE verdicts SET calibration = 'first-by-hand-1', "
            f"verdict = CAST(REPLACE(CAST(verdict AS TEXT), '{BY_HAND}', 'first-by-hand-1') AS BLOB)",
            "UPDATE visits SET calibration = 'first-by-hand-1'",
        ):
            connection.exec_driver_sql(statement)
    downgrade(store.database, "0002")
    assert store.run("migrate").exit_code == 0
    shown = store.web.client("auditor").get(f"/visits/{store.web.visits['empty_order']}").text
    assert "before-rules" in shown
    assert "version=before-rules" not in shown
    assert "version=1" not in shown
    refused = store.run("authenticity", "rebuild")
    assert refused.exit_code == 1
    assert f"score --since 1970-01-01 --calibration {CURRENT} --adopt" in refused.stderr
    answer = store.run("score", "--since", "1970-01-01", "--calibration", BY_HAND, "--adopt")
    assert answer.exit_code == 0, answer.output
    assert store.kept() == before
    checked(store)
    assert store.run("authenticity", "rebuild").exit_code == 0


def downgrade(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(rule_sets.__file__).parent / "migrations"))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
