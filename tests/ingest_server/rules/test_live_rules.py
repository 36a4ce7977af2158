"""Live rules at intake: a change takes effect without a restart, and what is tried out harms nothing live."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from structlog.testing import capture_logs

from ingest_server.errors import RulesError, StoreError
from ingest_server.intake.intake import Intake
from ingest_server.intake.live_rules import LOOK_AGAIN_MS, LiveRules
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.scoring.verdict import Band, Thresholds, Verdict
from ingest_server.shipped import enter_shipped_rules
from ingest_server.store import rule_sets
from ingest_server.store.changes import By
from ingest_server.store.database import Database
from ingest_server.store.schema import rule_sets as rules_table
from ingest_server.store.schema import verdicts, visits
from ingest_server.store.summaries import read_verdict
from ingest_server.store.thresholds import set_thresholds
from tests.ingest_server.conftest import NOW_MS, SERVER_KEY, Served, arrival, by_hand, chain, counting
from tests.ingest_server.rules.documents import SHIPPED_VERSION, shipped_as
from tests.ingest_server.stores import new_store
from tests.ingest_server.web.visits import empty_order
from tests.visit_record.examples import honest_visit
from visit_record.catalogue import service_items
from visit_record.record import VisitRecord

BY = By("auditor", NOW_MS)
SECOND = By("second", NOW_MS)
# Rules under which every visit is too short, and everything is put first.
STRICT = (('"duration_ratio", least = 0.5', '"duration_ratio", least = 5.0'), ("hold = 0.95", "hold = 0.5"))


@dataclass
class Shadows:
    counts: Counter[str] = field(default_factory=Counter)

    def shadowed(self, outcome: str) -> None:
        self.counts[outcome] += 1


@dataclass
class Running:
    """An intake whose rules come from the store, with a clock that a test moves."""

    served: Served
    tally: Shadows = field(default_factory=Shadows)
    now_ms: int = NOW_MS

    def __post_init__(self) -> None:
        self.live = LiveRules(self.served.database, by_hand(), service_items(), lambda: self.now_ms, self.tally)

    def take(self, sealed: bytes, weigh: Callable[[VisitRecord], Verdict] | None = None) -> None:
        self.live.refresh()
        tally, live = self.served.tally, self.live
        weigh, database = weigh or live.weigh, self.served.database
        Intake(database, SERVER_KEY, weigh, lambda: NOW_MS, tally, counting(), live.shadow).take([arrival(sealed)])

    def stored(self) -> dict[tuple[str, str], Verdict]:
        """Verdicts by (rules, purpose)."""
        with self.served.database.reading() as connection:
            rows = connection.execute(select(verdicts)).all()
        return {(row.rules, row.purpose): read_verdict(row.digest, row.verdict) for row in rows}


@pytest.fixture
def running(served: Served) -> Running:
    return Running(served)


def commit(running: Running, version: str, *changes: tuple[str, str]) -> None:
    with running.served.database.writing() as connection:
        rule_sets.draft(connection, version, shipped_as(version, *changes), BY)
        rule_sets.commit(connection, version, BY)


def test_published_rules_weigh_within_a_second_and_without_a_restart(running: Running) -> None:
    commit(running, "next", *STRICT)
    first, second = chain(2, empty_order_of)
    running.take(first)
    with running.served.database.writing() as connection:
        rule_sets.publish(connection, "next", SECOND)
    running.now_ms += LOOK_AGAIN_MS
    running.take(second)
    assert running.stored().keys() == {(SHIPPED_VERSION, "live"), ("next", "live")}
    assert "SHORT_VISIT" in {exception.code for exception in running.stored()["next", "live"].exceptions}


def empty_order_of(**changes: object) -> VisitRecord:
    record = empty_order()
    return honest_visit(
        **{name: getattr(record, name) for name in ("occupancy", "sound", "voice", "services")} | changes
    )


def test_clock_that_is_set_back_does_not_keep_old_rules_in_force(running: Running) -> None:
    commit(running, "next")
    with running.served.database.writing() as connection:
        rule_sets.publish(connection, "next", SECOND)
    running.now_ms -= 86_400_000
    running.take(chain(1)[0])
    assert running.stored().keys() == {("next", "live")}


def test_thresholds_of_an_agency_take_effect_and_are_told_in_the_verdict(running: Running) -> None:
    own = Thresholds(0.98, 0.99, "agency-a")
    with running.served.database.writing() as connection:
        set_thresholds(connection, "agency-a", own, BY)
    running.now_ms += LOOK_AGAIN_MS
    running.take(chain(1, empty_order_of)[0])
    verdict = running.stored()[SHIPPED_VERSION, "live"]
    assert (verdict.band, verdict.thresholds) == (Band.CREDIBLE, own)
    assert max(reason.decibans for reason in verdict.reasons) > 0


def test_thresholds_that_a_newer_calibration_makes_too_low_are_not_used(running: Running) -> None:
    with running.served.database.writing() as connection:
        set_thresholds(connection, "agency-a", Thresholds(0.01, 0.02), BY)
    running.now_ms += LOOK_AGAIN_MS
    with capture_logs() as logged:
        running.take(chain(1)[0])
    assert running.stored()[SHIPPED_VERSION, "live"].band is Band.CREDIBLE
    assert "one cue alone" in str(logged)


def test_shadow_weighs_beside_the_live_rules_and_moves_no_visit(running: Running) -> None:
    commit(running, "next", ("hold = 0.95", "hold = 0.99"))
    with running.served.database.writing() as connection:
        rule_sets.cast_shadow(connection, "next", BY)
    running.now_ms += LOOK_AGAIN_MS
    running.take(chain(1, empty_order_of)[0])
    stored = running.stored()
    assert stored.keys() == {(SHIPPED_VERSION, "live"), ("next", "shadow")}
    assert (stored[SHIPPED_VERSION, "live"].band, stored["next", "shadow"].band) == (Band.HOLD, Band.REVIEW)
    with running.served.database.reading() as connection:
        row = connection.execute(select(visits)).one()
    assert (row.rules, row.band) == (SHIPPED_VERSION, Band.HOLD)
    assert running.tally.counts == {"moved": 1}


def test_shadow_that_fails_is_logged_and_counted_and_harms_nothing_live(running: Running) -> None:
    commit(running, "next")
    with running.served.database.writing() as connection:
        rule_sets.cast_shadow(connection, "next", BY)
    running.now_ms += LOOK_AGAIN_MS
    running.live.refresh()
    running.live._shadow = Broken()  # type: ignore[assignment]  # whatever a rule set may bring out
    with capture_logs() as logged:
        running.take(chain(1)[0])
    assert running.stored().keys() == {(SHIPPED_VERSION, "live")}
    assert running.tally.counts == {"failed": 1}
    assert [line["event"] for line in logged] == ["shadow rules failed"]


class Broken:
    def weigh(self, record: VisitRecord) -> Verdict:
        raise ZeroDivisionError(record.jti)


def test_shadow_that_this_program_cannot_read_harms_nothing_live(running: Running) -> None:
    commit(running, "next")
    with running.served.database.writing() as connection:
        rule_sets.cast_shadow(connection, "next", BY)
        connection.execute(update(rules_table).where(rules_table.c.version == "next").values(body="nonsense = "))
    running.now_ms += LOOK_AGAIN_MS
    running.take(chain(1)[0])
    assert running.stored().keys() == {(SHIPPED_VERSION, "live")}
    assert running.tally.counts == {"failed": 1}


def test_live_rules_that_cannot_be_read_leave_the_former_in_force(running: Running) -> None:
    commit(running, "next")
    with running.served.database.writing() as connection:
        rule_sets.publish(connection, "next", SECOND)
        connection.execute(update(rules_table).where(rules_table.c.version == "next").values(body="nonsense = "))
    running.now_ms += LOOK_AGAIN_MS
    with capture_logs() as logged:
        running.take(chain(1)[0])
    assert running.stored().keys() == {(SHIPPED_VERSION, "live")}
    assert "former stay in force" in str(logged)
    with pytest.raises(RulesError):
        Running(running.served)


def test_change_during_which_the_store_fails_is_taken_over_later(running: Running) -> None:
    commit(running, "next")
    with running.served.database.writing() as connection:
        rule_sets.publish(connection, "next", SECOND)
        connection.execute(text("ALTER TABLE rule_sets RENAME TO gone"))
    running.now_ms += LOOK_AGAIN_MS
    with pytest.raises(StoreError):
        running.live.refresh()
    with running.served.database.writing() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO rule_sets"))
    running.now_ms += LOOK_AGAIN_MS
    running.take(chain(1)[0])
    assert running.stored().keys() == {("next", "live")}


def test_rules_whose_own_threshold_one_cue_could_pass_are_not_used(running: Running) -> None:
    commit(running, "next", ("review = 0.5", "review = 0.05"))
    with running.served.database.writing() as connection:
        rule_sets.publish(connection, "next", SECOND)
    running.now_ms += LOOK_AGAIN_MS
    running.take(chain(1)[0])
    assert running.stored().keys() == {(SHIPPED_VERSION, "live")}
    with pytest.raises(RulesError, match="one cue alone"):
        Running(running.served)


def test_store_of_an_older_version_publishes_what_ships_now(tmp_path: Path) -> None:
    """Its live rules have a threshold that one cue alone could pass under the calibration of this version."""
    database = new_store(tmp_path / "older.db")
    with database.writing() as connection:
        rule_sets.enter_shipped(connection, "older", shipped_as("older", ("review = 0.5", "review = 0.05")), BY)
    enter_shipped_rules(database)
    with pytest.raises(RulesError, match="one cue alone"):
        live_rules(database)
    with database.writing() as connection:
        rule_sets.publish(connection, SHIPPED_VERSION, SECOND)
    verdict = live_rules(database).weigh(honest_visit())
    assert (verdict.rules, verdict.thresholds) == (SHIPPED_VERSION, shipped_rules(EVIDENCE_IDS).thresholds)


def live_rules(database: Database) -> LiveRules:
    return LiveRules(database, by_hand(), service_items(), lambda: NOW_MS, Shadows())
