"""The life of rule sets in a real database: every step, every refusal, and a history that tells who and why."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from ingest_server.commands.rules import app
from ingest_server.errors import RulesError, StoreError
from ingest_server.rules.life import NEXT, Action, State, after
from ingest_server.scoring.verdict import Thresholds
from ingest_server.store import rule_sets
from ingest_server.store.accounts import Account, add_account
from ingest_server.store.changes import By, changes_so_far
from ingest_server.store.passwords import hashed
from ingest_server.store.rule_sets import enter_shipped, find_rules, history, live_rules, rules_of, shadow_rules
from ingest_server.store.schema import rule_sets as table
from ingest_server.store.thresholds import clear_thresholds, own_thresholds, set_thresholds, threshold_history
from ingest_server.vocabulary import Role
from tests.ingest_server.stores import new_store

BY = By("auditor", 1_790_000_000_000, "because")
SECOND = By("second", 1_790_000_000_000, "because")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A store whose rule set 1 is live."""
    database = new_store(tmp_path / "rules.db")
    with database.writing() as opened:
        enter_shipped(opened, "1", "body 1", BY)
        yield opened
    database.close()


def committed(connection: Connection, version: str) -> None:
    rule_sets.draft(connection, version, f"body {version}", BY)
    rule_sets.commit(connection, version, BY)


def states(connection: Connection) -> dict[str, State]:
    return {found.version: found.state for found in rule_sets.all_rule_sets(connection)}


@pytest.mark.parametrize(("state", "action"), list(product([None, *State], Action)))
def test_whatever_is_not_in_the_table_is_refused(state: State | None, action: Action) -> None:
    if (state, action) in NEXT:
        assert after("2", state, action) is NEXT[state, action]
    else:
        with pytest.raises(RulesError, match="out of turn"):
            after("2", state, action)


REFUSED = [(state, action) for state, action in product([None, *State], Action) if (state, action) not in NEXT]


@pytest.mark.parametrize(("state", "action"), REFUSED)
def test_refusal_names_only_what_people_can_do(state: State | None, action: Action) -> None:
    there = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    with pytest.raises(RulesError) as refused:
        after("2", state, action)
    named = re.findall("`ingest-server rules ([^` ]+)[^`]*`", str(refused.value))
    assert named
    assert set(named) <= there


@pytest.mark.parametrize("action", [Action.DRAFT, Action.COMMIT, Action.PUBLISH])
def test_retired_rules_come_back_by_a_rollback_or_under_a_new_version(action: Action) -> None:
    with pytest.raises(RulesError, match=r"`ingest-server rules rollback`.* under a new version"):
        after("2", State.RETIRED, action)


def test_shipped_rules_are_live_at_first_and_wait_for_people_later(connection: Connection) -> None:
    enter_shipped(connection, "1", "another body", BY)
    assert live_rules(connection).body == "body 1"
    enter_shipped(connection, "2", "body 2", BY)
    assert states(connection) == {"1": State.LIVE, "2": State.COMMITTED}


@pytest.mark.parametrize(
    "entered", [committed, lambda connection, version: rule_sets.draft(connection, version, "", BY)]
)
def test_rules_that_have_the_version_of_the_shipped_ones_stay_and_are_warned_of(
    connection: Connection, entered: Callable[[Connection, str], None]
) -> None:
    entered(connection, "2")
    before = rules_of(connection, "2")
    with capture_logs() as logged:
        assert not enter_shipped(connection, "2", "shipped", BY)
    assert [(line["log_level"], line["rules"]) for line in logged] == [("warning", "2")]
    assert rules_of(connection, "2") == before


def test_shipped_rules_that_were_entered_before_are_no_matter_for_a_warning(connection: Connection) -> None:
    with capture_logs() as logged:
        assert enter_shipped(connection, "1", "body 1", BY)
    assert logged == []


def test_draft_may_be_written_again_and_a_committed_one_never(connection: Connection) -> None:
    rule_sets.draft(connection, "2", "first", BY)
    rule_sets.draft(connection, "2", "second", BY)
    rule_sets.commit(connection, "2", BY)
    with pytest.raises(RulesError, match="draft is out of turn"):
        rule_sets.draft(connection, "2", "third", BY)
    assert rules_of(connection, "2").body == "second"


def test_draft_cannot_go_live_and_nothing_is_changed_by_asking(connection: Connection) -> None:
    rule_sets.draft(connection, "2", "body", BY)
    with pytest.raises(RulesError, match="publish is out of turn"):
        rule_sets.publish(connection, "2", SECOND)
    assert states(connection) == {"1": State.LIVE, "2": State.DRAFT}


def test_nobody_of_an_agency_publishes_the_rules_that_agencies_are_judged_by(connection: Connection) -> None:
    add_account(connection, Account("somebody", Role.SUPERVISOR, "agency-a"), hashed("correct horse battery"))
    committed(connection, "2")
    with pytest.raises(RulesError, match="not theirs to publish"):
        rule_sets.publish(connection, "2", By("somebody", 1))


def test_published_rules_take_the_place_of_the_live_ones(connection: Connection) -> None:
    committed(connection, "2")
    rule_sets.publish(connection, "2", SECOND)
    assert states(connection) == {"1": State.RETIRED, "2": State.LIVE}
    assert rules_of(connection, "2").replaced == "1"
    for action in (rule_sets.publish, rule_sets.commit):
        with pytest.raises(RulesError, match="out of turn"):
            action(connection, "1", BY)


def test_one_person_alone_puts_no_rules_in_force(connection: Connection) -> None:
    committed(connection, "2")
    with pytest.raises(RulesError, match="a second person publishes it"):
        rule_sets.publish(connection, "2", BY)
    assert states(connection) == {"1": State.LIVE, "2": State.COMMITTED}


def test_rollback_goes_back_step_by_step_and_not_in_circles(connection: Connection) -> None:
    for version in ("2", "3"):
        committed(connection, version)
        rule_sets.publish(connection, version, SECOND)
    assert rule_sets.roll_back(connection, BY) == ("3", "2")
    assert rule_sets.roll_back(connection, BY) == ("2", "1")
    assert states(connection) == {"1": State.LIVE, "2": State.RETIRED, "3": State.RETIRED}
    with pytest.raises(RulesError, match="none to go back to"):
        rule_sets.roll_back(connection, BY)


def test_no_two_can_be_live_whatever_the_program_does(connection: Connection) -> None:
    with pytest.raises(IntegrityError):
        connection.execute(
            insert(table), {"version": "x", "state": State.LIVE, "shadow": False, "body": "", "replaced": None}
        )


UNKNOWN: dict[str, Callable[[Connection], object]] = {
    "commit": lambda connection: rule_sets.commit(connection, "9", BY),
    "publish": lambda connection: rule_sets.publish(connection, "9", SECOND),
    "shadow": lambda connection: rule_sets.cast_shadow(connection, "9", BY),
}


@pytest.mark.parametrize("step", UNKNOWN)
def test_version_that_is_not_there_is_refused(connection: Connection, step: str) -> None:
    with pytest.raises(RulesError, match="no rule set 9"):
        UNKNOWN[step](connection)
    assert find_rules(connection, "9") is None


def test_one_shadow_at_a_time_and_never_a_draft_or_the_live_one(connection: Connection) -> None:
    committed(connection, "2")
    committed(connection, "3")
    rule_sets.draft(connection, "4", "body", BY)
    rule_sets.cast_shadow(connection, "2", BY)
    rule_sets.cast_shadow(connection, "3", BY)
    for version in ("1", "4"):
        with pytest.raises(RulesError, match="shadow is out of turn"):
            rule_sets.cast_shadow(connection, version, BY)
    found = shadow_rules(connection)
    assert found is not None
    assert found.version == "3"
    rule_sets.cast_shadow(connection, None, BY)
    assert shadow_rules(connection) is None


def test_shadow_that_goes_live_casts_none(connection: Connection) -> None:
    committed(connection, "2")
    rule_sets.cast_shadow(connection, "2", BY)
    rule_sets.publish(connection, "2", SECOND)
    assert shadow_rules(connection) is None


def test_history_tells_every_step_its_author_its_time_and_why(connection: Connection) -> None:
    mark = changes_so_far(connection)
    committed(connection, "2")
    rule_sets.publish(connection, "2", By("somebody", 1_790_000_000_001, "the card has new figures"))
    steps = [(step.version, step.action) for step in history(connection)][-4:]
    assert steps == [("2", Action.DRAFT), ("2", Action.COMMIT), ("1", Action.RETIRE), ("2", Action.PUBLISH)]
    [*_, last] = history(connection, "2")
    assert (last.actor, last.at_ms, last.note) == ("somebody", 1_790_000_000_001, "the card has new figures")
    assert changes_so_far(connection) > mark


def test_failing_step_leaves_nothing_half_done(tmp_path: Path) -> None:
    database = new_store(tmp_path / "half.db")
    with database.writing() as connection:
        enter_shipped(connection, "1", "body", BY)
        committed(connection, "2")
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON rule_set_history WHEN NEW.action = 'publish' "
            "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    with pytest.raises(StoreError, match="disk full"), database.writing() as connection:
        rule_sets.publish(connection, "2", SECOND)
    with database.reading() as connection:
        assert live_rules(connection).version == "1"
    database.close()


def test_store_without_live_rules_says_what_to_do(connection: Connection) -> None:
    connection.execute(table.update().values(state=State.RETIRED))
    with pytest.raises(RulesError, match="ingest-server migrate"):
        live_rules(connection)


def test_latest_thresholds_of_an_agency_hold_and_all_are_remembered(connection: Connection) -> None:
    for review in (0.6, 0.7):
        set_thresholds(connection, "agency-a", Thresholds(review, 0.9), BY)
    set_thresholds(connection, "agency-b", Thresholds(0.8, 0.9), BY)
    assert own_thresholds(connection)["agency-a"] == Thresholds(0.7, 0.9, "agency-a")
    clear_thresholds(connection, "agency-a", BY)
    assert own_thresholds(connection).keys() == {"agency-b"}
    assert [change.review for change in threshold_history(connection)] == [0.6, 0.7, 0.8, None]
    with pytest.raises(RulesError, match="no thresholds of its own"):
        clear_thresholds(connection, "agency-a", BY)


def test_bodies_are_stored_as_they_were_given(connection: Connection) -> None:
    rule_sets.draft(connection, "2", "正文 \r\n\ttext", BY)
    assert connection.execute(select(table.c.body).where(table.c.version == "2")).scalar_one() == "正文 \r\n\ttext"
