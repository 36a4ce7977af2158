"""History weighed again: who would move, verdicts beside the old ones, and adopting them, interrupted or not."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from shutil import copy

import msgspec
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text, update
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

import ingest_server.store
from ingest_server.cli import app
from ingest_server.errors import StoreError
from ingest_server.rules.rules import Rules
from ingest_server.scoring.verdict import Band, RaisedException, Thresholds
from ingest_server.scoring.weigher import Weigher
from ingest_server.store import rule_sets
from ingest_server.store.changes import By
from ingest_server.store.database import Database
from ingest_server.store.history import BATCH, Period
from ingest_server.store.schema import records, verdicts, visits
from ingest_server.store.schema import rule_sets as rules_table
from ingest_server.store.scope import Everything
from ingest_server.store.verdicts import Given, Purpose, give
from ingest_server.store.visits import find_visit, visits_page
from ingest_server.store.wanted import Cut, VisitFilter
from ingest_server.weighing_again import Sampling, WeighingAgain
from tests.ingest_server.conftest import BY_HAND, NOW_MS, by_hand
from tests.ingest_server.rules.documents import SHIPPED_VERSION, parsed, shipped_as
from tests.ingest_server.web.conftest import Web, fill, fresh_web, web_on
from tests.ingest_server.web.visits import empty_order
from tests.visit_record.examples import honest_visit
from visit_record.catalogue import service_items
from visit_record.vocabulary import ExceptionClass, ExceptionCode

LENIENT = shipped_as("lenient", ("review = 0.5", "review = 0.9"), ("hold = 0.95", "hold = 0.99"))
# Puts nobody up, whatever the table that weighs.
NOBODY = shipped_as("nobody", ("review = 0.5", "review = 0.9999999"), ("hold = 0.95", "hold = 0.9999999"))
ALL = Period(0)


@dataclass
class Store:
    """A filled database at an address that commands are given."""

    web: Web
    url: str

    @property
    def database(self) -> Database:
        return self.web.database

    def again(self, document: str = LENIENT, batch: int = BATCH) -> WeighingAgain:
        return WeighingAgain(self.database, by_hand(), service_items(), Rules(parsed(document)), batch)

    def standing(self) -> dict[str, tuple[str, str]]:
        """(band, rules) by digest."""
        with self.database.reading() as connection:
            return {row.digest: (row.band, row.rules) for row in connection.execute(select(visits))}

    def purposes(self) -> dict[tuple[str, str], int]:
        with self.database.reading() as connection:
            rows = [(row.rules, row.purpose) for row in connection.execute(select(verdicts))]
        return {key: rows.count(key) for key in rows}

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--database", self.url])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Web]:
    """A filled database that nobody writes to, for tests to copy."""
    file = tmp_path_factory.mktemp("filled") / "carewitness.db"
    database = Database(f"sqlite:///{file}")
    database.require_current()
    web = fresh_web(database)
    fill(web)
    database.close()
    return file, web


@pytest.fixture
def store(tmp_path: Path, filled: tuple[Path, Web]) -> Iterator[Store]:
    file, original = filled
    url = f"sqlite:///{copy(file, tmp_path / 'carewitness.db')}"
    database = Database(url)
    web = web_on(database, original.tokens)
    web.visits = original.visits
    yield Store(web, url)
    database.close()


def done(_: int) -> None:
    """Nobody watches."""


def nobody_else(_connection: Connection, _digests: Sequence[str]) -> None:
    """Nobody else counts by the verdicts that stand."""


def test_replay_tells_who_would_move_and_stores_nothing(store: Store) -> None:
    before = store.standing()
    movement = store.again().replay(ALL, Sampling(10), done)
    moved = {(flow.before, flow.after): flow.visits for flow in movement.bands if flow.before is not flow.after}
    assert moved == {(Band.HOLD, Band.REVIEW): 1, (Band.REVIEW, Band.CREDIBLE): 2}
    assert (movement.visits, movement.moved) == (9, 3)
    assert {
        one.agency: (one.visits, one.moved, one.doubted_before, one.doubted_after) for one in movement.agencies
    } == {
        "agency-a": (7, 2, 2, 1),
        "agency-b": (2, 1, 1, 0),
    }
    assert (store.standing(), store.purposes()) == (before, {(SHIPPED_VERSION, "live"): 9})


def test_sample_of_a_seed_is_the_same_in_whatever_batches_and_shows_why(store: Store) -> None:
    one, again, *others = (store.again().replay(ALL, Sampling(2, seed), done).sample for seed in (1, 1, 2, 3, 4))
    assert one == again == store.again(batch=2).replay(ALL, Sampling(2, 1), done).sample
    assert len(one) == 2
    assert all(moved.before.band is not moved.after.band and moved.reasons for moved in one)
    assert {moved.digest for other in others for moved in other} > {moved.digest for moved in one}


def test_replay_keeps_to_its_period_and_agency(store: Store) -> None:
    assert store.again().replay(Period(0, None, "agency-b"), Sampling(), done).visits == 2
    only = store.again().replay(Period(1_790_000_000_000, 1_790_000_000_001), Sampling(), done)
    assert only.visits == 7


def test_scored_verdicts_stand_beside_the_old_ones_and_move_nothing(store: Store) -> None:
    before = store.standing()
    store.again().score(ALL, Sampling(), done, at_ms=NOW_MS, adopt=None)
    assert store.standing() == before
    assert store.purposes() == {(SHIPPED_VERSION, "live"): 9, ("lenient", "again"): 9}


def test_adopted_verdicts_are_those_that_pages_show(store: Store) -> None:
    store.again().score(ALL, Sampling(), done, at_ms=NOW_MS, adopt=nobody_else)
    visit = store.web.visits["empty_order"]
    with store.database.reading() as connection:
        found = find_visit(connection, Everything(), visit)
    assert found is not None
    assert (found.verdict.rules, found.summary.band) == ("lenient", Band.REVIEW)
    assert {rules for _, rules in store.standing().values()} == {"lenient"}
    assert store.web.client("auditor").get("/api/v1/visits").json()["bands"]["hold"] == 0


def test_who_counts_by_standing_verdicts_is_told_in_the_same_transaction(store: Store) -> None:
    told: list[str] = []

    def count(connection: Connection, digests: Sequence[str]) -> None:
        rules = connection.execute(select(visits.c.rules).where(visits.c.digest.in_(digests))).scalars()
        assert set(rules) == {"lenient"}
        told.extend(digests)

    store.again().score(ALL, Sampling(), done, at_ms=NOW_MS, adopt=count)
    assert sorted(told) == sorted(store.standing())


def test_scoring_that_is_cut_off_goes_on_where_it_stopped(store: Store) -> None:
    weighed: list[int] = []

    def cut_off(count: int) -> None:
        weighed.append(count)
        if len(weighed) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.again(batch=2).score(ALL, Sampling(), cut_off, at_ms=NOW_MS, adopt=nobody_else)
    assert store.purposes() == {(SHIPPED_VERSION, "live"): 9, ("lenient", "again"): 4}
    assert sorted(rules for _, rules in store.standing().values()) == [SHIPPED_VERSION] * 5 + ["lenient"] * 4
    store.again(batch=2).score(ALL, Sampling(), done, at_ms=NOW_MS + 1, adopt=nobody_else)
    assert store.purposes() == {(SHIPPED_VERSION, "live"): 9, ("lenient", "again"): 9}
    with store.database.reading() as connection:
        times = [row.scored_at_ms for row in connection.execute(select(verdicts).where(verdicts.c.rules == "lenient"))]
    assert sorted(times) == [NOW_MS] * 4 + [NOW_MS + 1] * 5


def test_batch_that_cannot_be_stored_moves_no_visit_of_it(store: Store) -> None:
    before = store.standing()
    with store.database.writing() as connection:
        connection.execute(
            text("CREATE TRIGGER full BEFORE UPDATE ON visits BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        )
    with pytest.raises(StoreError, match="disk full"):
        store.again().score(ALL, Sampling(), done, at_ms=NOW_MS, adopt=nobody_else)
    assert (store.standing(), store.purposes()) == (before, {(SHIPPED_VERSION, "live"): 9})


def test_other_thresholds_move_standing_verdicts_only_when_adopted(store: Store) -> None:
    own = Rules(parsed(shipped_as(SHIPPED_VERSION)), {"agency-a": Thresholds(0.9, 0.99, "agency-a")})
    again = WeighingAgain(store.database, by_hand(), service_items(), own)
    visit = store.web.visits["empty_order"]
    for adopt, band in ((None, Band.HOLD), (nobody_else, Band.REVIEW)):
        movement = again.score(ALL, Sampling(), done, at_ms=NOW_MS, adopt=adopt)
        assert movement.moved == 2
        with store.database.reading() as connection:
            found = find_visit(connection, Everything(), visit)
        assert found is not None
        assert found.summary.band is found.verdict.band is band
        assert store.purposes() == {(SHIPPED_VERSION, "live"): 9}


def test_altered_record_is_left_out_and_counted_and_its_verdict_stays(store: Store) -> None:
    with store.database.writing() as connection:
        row = connection.execute(select(records)).first()
        assert row is not None
        altered = update(records).where(records.c.digest == row.digest)
        connection.execute(altered.values(sealed=row.sealed[:-2] + b"AA"))
    movement = store.again().score(ALL, Sampling(), done, at_ms=NOW_MS, adopt=nobody_else)
    assert (movement.visits, movement.unreadable) == (8, 1)
    assert store.standing()[row.digest][1] == SHIPPED_VERSION


def test_shadow_verdict_of_the_same_versions_becomes_one_given_again(store: Store) -> None:
    digest = next(iter(store.standing()))
    verdict = Weigher(by_hand(), service_items(), Rules(parsed(LENIENT))).weigh(honest_visit())
    with store.database.writing() as connection:
        give(connection, [Given(digest, verdict, NOW_MS, Purpose.SHADOW)])
    changed = LENIENT.replace("hold = 0.99", "hold = 0.98")
    store.again(changed).score(ALL, Sampling(), done, at_ms=NOW_MS, adopt=None)
    assert store.purposes() == {(SHIPPED_VERSION, "live"): 9, ("lenient", "again"): 9}


def test_shadow_verdict_that_is_adopted_is_listed_among_those_of_its_visit(store: Store) -> None:
    weigher = Weigher(by_hand(), service_items(), Rules(parsed(LENIENT)))
    visit = store.web.visits["empty_order"]
    with store.database.writing() as connection:
        digest = connection.execute(select(visits.c.digest).where(visits.c.visit == visit)).scalar_one()
        give(connection, [Given(digest, weigher.weigh(empty_order()), NOW_MS, Purpose.SHADOW)])
    store.again().score(ALL, Sampling(), done, at_ms=NOW_MS + 1, adopt=nobody_else)
    with store.database.reading() as connection:
        found = find_visit(connection, Everything(), visit)
    assert found is not None
    assert [(one.rules, one.purpose) for one in found.weighings if one.stands] == [("lenient", Purpose.AGAIN)]


def test_movement_reads_the_same_whether_verdicts_were_stored_or_are_new(store: Store) -> None:
    first, second = (
        msgspec.json.encode(store.again().score(ALL, Sampling(), done, at_ms=NOW_MS, adopt=None)) for _ in range(2)
    )
    assert first == second


# --- the commands ---


def lenient_file(folder: Path, text: str = LENIENT) -> str:
    file = folder / "rules.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_rule_set_lives_by_the_command_line(store: Store, tmp_path: Path) -> None:
    file = lenient_file(tmp_path)
    for arguments in (
        ("check", file),
        ("draft", file, "--by", "auditor", "--note", "less to look at"),
        ("commit", "lenient"),
        ("shadow", "lenient"),
        ("replay", "lenient", "--since", "2026-01-01"),
        ("publish", "lenient", "--by", "auditor"),
        ("rollback",),
        ("list",),
    ):
        options = () if arguments[0] == "check" else ("--database", store.url)
        answer = CliRunner().invoke(app, ["rules", *arguments, *options])
        assert answer.exit_code == 0, (arguments, answer.output)
    with store.database.reading() as connection:
        steps = [(step.action, step.actor.partition(":")[0]) for step in rule_sets.history(connection, "lenient")]
    assert steps == [
        ("draft", "auditor"),
        ("commit", "os"),
        ("shadow", "os"),
        ("publish", "auditor"),
        ("retire", "os"),
    ]
    shown = store.run("rules", "show", "lenient").output
    assert "less to look at" in shown
    assert parsed(shown) == parsed(LENIENT)


def test_replay_of_a_file_prints_the_table_as_json(store: Store, tmp_path: Path) -> None:
    file = lenient_file(tmp_path, NOBODY)
    answer = store.run("rules", "replay", file, "--since", "2026-01-01", "--json", "--sample", "1")
    found = json.loads(answer.stdout)
    assert (found["rules"], found["visits"], found["moved"], len(found["sample"])) == ("nobody", 9, 3, 1)
    assert store.purposes() == {(SHIPPED_VERSION, "live"): 9}


def test_days_are_those_of_the_rules_time_zone(store: Store) -> None:
    """The visits of the examples begin on 21 September at 22:13 in Shanghai, two of them on other days."""
    days = ("--since", "2026-09-21", "--until", "2026-09-21", "--json")
    assert json.loads(store.run("rules", "replay", SHIPPED_VERSION, *days).stdout)["visits"] == 7
    failed_in_one_line(store.run("rules", "replay", SHIPPED_VERSION, "--since", "2026-09-22", "--until", "2026-09-22"))


def test_shadow_shows_what_it_found_so_far(store: Store, tmp_path: Path) -> None:
    store.run("rules", "draft", lenient_file(tmp_path))
    store.run("rules", "commit", "lenient")
    store.run("rules", "shadow", "lenient")
    assert json.loads(store.run("rules", "shadow", "--json").stdout)["visits"] == 0
    assert store.run("rules", "shadow", "--none").exit_code == 0
    failed_in_one_line(store.run("rules", "shadow"))
    failed_in_one_line(store.run("rules", "shadow", "lenient", "--none"))


def test_history_is_scored_and_adopted_by_the_command_line(store: Store) -> None:
    answer = store.run("score", "--since", "2026-01-01", "--calibration", BY_HAND, "--json")
    assert json.loads(answer.stdout)["moved"] == 0
    store.run("rules", "list")
    with store.database.writing() as connection:
        rule_sets.draft(connection, "lenient", LENIENT, By("auditor", NOW_MS))
    since = ("score", "--since", "2026-01-01", "--calibration", BY_HAND, "--rules", "lenient", "--adopt")
    failed_in_one_line(store.run(*since))
    store.run("rules", "commit", "lenient")
    store.run("rules", "publish", "lenient", "--by", "auditor")
    answer = store.run(*since)
    assert answer.exit_code == 0, answer.output
    assert {rules for _, rules in store.standing().values()} == {"lenient"}


def adopting(store: Store, rules: str, *options: str) -> Result:
    asked = ("--since", "2026-01-01", "--calibration", BY_HAND, "--rules", rules)
    return store.run("score", *asked, "--adopt", *options)


def test_rules_that_were_never_published_change_nothing_that_stands(store: Store, tmp_path: Path) -> None:
    store.run("rules", "draft", lenient_file(tmp_path))
    store.run("rules", "commit", "lenient")
    before = store.standing()
    refused = adopting(store, "lenient")
    failed_in_one_line(refused)
    assert "`ingest-server rules publish lenient`" in refused.stderr
    assert (store.standing(), store.purposes()) == (before, {(SHIPPED_VERSION, "live"): 9})


def test_verdicts_of_retired_rules_stand_again_only_once_they_are_rolled_back_to(store: Store, tmp_path: Path) -> None:
    for arguments in (
        ("draft", lenient_file(tmp_path)),
        ("commit", "lenient"),
        ("publish", "lenient", "--by", "auditor"),
    ):
        store.run("rules", *arguments)
    assert adopting(store, "lenient").exit_code == 0
    refused = adopting(store, SHIPPED_VERSION)
    failed_in_one_line(refused)
    assert "`ingest-server rules rollback`" in refused.stderr
    store.run("rules", "rollback")
    assert adopting(store, SHIPPED_VERSION).exit_code == 0
    assert {rules for _, rules in store.standing().values()} == {SHIPPED_VERSION}


def test_who_adopts_verdicts_and_why_is_logged_and_an_unknown_user_adopts_none(store: Store) -> None:
    failed_in_one_line(adopting(store, SHIPPED_VERSION, "--by", "nobody"))
    with capture_logs() as logged:
        adopting(store, SHIPPED_VERSION, "--by", "auditor", "--note", "the new table")
        store.run("score", "--since", "2026-01-01", "--calibration", BY_HAND)
    lines = [line for line in logged if line["event"] in {"adopting verdicts", "verdicts adopted"}]
    assert [(line["by"], line["note"], line["rules"]) for line in lines] == [
        ("auditor", "the new table", SHIPPED_VERSION)
    ] * 2
    assert lines[-1]["visits"] == 9


NO_VISITS = {
    "period": ("--since", "2026-01-01", "--until", "2026-01-31"),
    "agency": ("--since", "2026-01-01", "--agency", "agency-z"),
    "agency in its period": ("--since", "2027-01-01", "--until", "2027-01-31", "--agency", "agency-a"),
}


@pytest.mark.parametrize("asked", NO_VISITS.values(), ids=NO_VISITS)
@pytest.mark.parametrize(
    "how",
    [
        ("score", "--calibration", BY_HAND),
        ("score", "--calibration", BY_HAND, "--json"),
        ("score", "--calibration", BY_HAND, "--adopt"),
        ("rules", "replay", SHIPPED_VERSION),
        ("rules", "replay", SHIPPED_VERSION, "--json"),
    ],
)
def test_weighing_no_visit_again_is_refused_and_says_what_was_asked_and_where_to_look(
    store: Store, asked: tuple[str, ...], how: tuple[str, ...]
) -> None:
    refused = store.run(*how, *asked)
    failed_in_one_line(refused)
    assert refused.stdout == ""
    assert f"没有符合条件的服务 · no visit matches {' '.join(asked)}；" in refused.stderr
    assert "`ingest-server devices list`" in refused.stderr


def test_thresholds_of_an_agency_by_the_command_line(store: Store) -> None:
    assert store.run("thresholds", "set", "agency-a", "--review", "0.9", "--hold", "0.99").exit_code == 0
    assert "agency-a" in store.run("thresholds", "list").output
    refused = store.run("thresholds", "set", "agency-a", "--review", "0.05", "--hold", "0.99")
    failed_in_one_line(refused)
    assert "one cue alone" in refused.stderr
    nothing = store.run("thresholds", "set", "agency-a", "--review", "1", "--hold", "1")
    failed_in_one_line(nothing)
    assert "hold < 1" in nothing.stderr
    assert store.run("thresholds", "clear", "agency-a", "--by", "auditor").exit_code == 0
    failed_in_one_line(store.run("thresholds", "clear", "agency-a"))
    failed_in_one_line(store.run("thresholds", "set", "agency a", "--review", "0.9", "--hold", "0.99"))


Arguments = Callable[[str], tuple[str, ...]]
MISTAKES: dict[str, Arguments] = {
    "unknown version": lambda _: ("rules", "show", "9"),
    "unknown user": lambda file: ("rules", "draft", file, "--by", "nobody"),
    "unknown calibration": lambda _: ("score", "--since", "2026-01-01", "--calibration", "9"),
    "unknown rules to score by": lambda _: (
        "score", "--since", "2026-01-01", "--calibration", BY_HAND, "--rules", "9"),
    "file that is not there": lambda file: ("rules", "replay", f"{file}/nowhere.toml", "--since", "2026-01-01"),
    "calibration that is a rule set": lambda file: ("score", "--since", "2026-01-01", "--calibration", file),
    "first rules rolled back": lambda _: ("rules", "rollback"),
    "draft published": lambda _: ("rules", "publish", SHIPPED_VERSION),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_mistake_is_told_in_one_line(store: Store, tmp_path: Path, case: str) -> None:
    failed_in_one_line(store.run(*MISTAKES[case](lenient_file(tmp_path))))


BAD_FILES = {
    "empty": b"",
    "not UTF-8": b"\xff\xfe",
    "not TOML": b"a = = b",
    "huge": b"#" * 1_100_000,
    "deep": b"a = " + b"[" * 5000 + b"]" * 5000,
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
def test_file_that_is_no_rule_set_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.toml"
    file.write_bytes(content)
    failed_in_one_line(CliRunner().invoke(app, ["rules", "check", str(file)]))
    failed_in_one_line(CliRunner().invoke(app, ["rules", "check", str(tmp_path)]))


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
def test_file_that_is_no_calibration_is_told_in_one_line(store: Store, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.toml"
    file.write_bytes(content)
    failed_in_one_line(store.run("score", "--since", "2026-01-01", "--calibration", str(file)))


def test_file_that_an_editor_began_with_a_byte_order_mark_is_read(store: Store, tmp_path: Path) -> None:
    file = Path(lenient_file(tmp_path))
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert CliRunner().invoke(app, ["rules", "check", str(file)]).exit_code == 0
    table = Path(own_calibration(tmp_path, "marked"))
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes())
    assert store.run("score", "--since", "2026-01-01", "--calibration", str(table)).exit_code == 0


@pytest.mark.parametrize(
    "asked",
    [("rules", "replay", "mine", "--since", "2026-01-01"), ("score", "--since", "2026-01-01", "--calibration", "mine")],
)
def test_file_that_was_taken_for_a_version_is_told_how_to_be_named(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "./mine" not in store.run(*asked).stderr
    (tmp_path / "mine").write_text("")
    refused = store.run(*asked)
    failed_in_one_line(refused)
    assert "./mine" in refused.stderr


def test_rules_whose_own_threshold_one_cue_could_pass_are_refused_as_a_draft_as_they_are_by_a_check(
    store: Store, tmp_path: Path
) -> None:
    file = lenient_file(tmp_path, shipped_as("low", ("review = 0.5", "review = 0.05")))
    checked, drafted = CliRunner().invoke(app, ["rules", "check", file]), store.run("rules", "draft", file)
    failed_in_one_line(checked)
    failed_in_one_line(drafted)
    assert "one cue alone" in drafted.stderr
    assert drafted.stderr == checked.stderr
    with store.database.reading() as connection:
        assert rule_sets.find_rules(connection, "low") is None


def test_draft_that_a_newer_calibration_makes_too_low_is_not_committed(store: Store) -> None:
    low = shipped_as("low", ("review = 0.5", "review = 0.05"))
    with store.database.writing() as connection:
        rule_sets.draft(connection, "low", low, By("auditor", NOW_MS))
    failed_in_one_line(store.run("rules", "commit", "low"))


def own_calibration(folder: Path, comment: str) -> str:
    shipped = files("ingest_server.scoring").joinpath("calibrations", f"{BY_HAND}.toml").read_text("utf-8")
    file = folder / "own.toml"
    file.write_text(f"# {comment}\n" + shipped.replace(f'"{BY_HAND}"', '"own"', 1), encoding="utf-8")
    return str(file)


def test_edited_calibration_file_does_not_pass_off_the_verdicts_of_its_former_text(
    store: Store, tmp_path: Path
) -> None:
    for comment in ("one", "other", "one"):
        file = own_calibration(tmp_path, comment)
        assert store.run("score", "--since", "2026-01-01", "--calibration", file).exit_code == 0
    with store.database.reading() as connection:
        kept = connection.execute(select(verdicts.c.calibration).where(verdicts.c.calibration != BY_HAND)).scalars()
        counts = Counter(kept)
    assert list(counts.values()) == [9, 9]
    assert all(version.startswith("own-") for version in counts)


def test_rules_that_a_newer_calibration_makes_too_low_are_not_rolled_back_to(store: Store) -> None:
    by = By("auditor", NOW_MS)
    low = shipped_as("low", ("review = 0.5", "review = 0.05"))
    store.run("rules", "list")
    with store.database.writing() as connection:
        for version, body in (("low", low), ("lenient", LENIENT)):
            rule_sets.draft(connection, version, body, by)
            rule_sets.commit(connection, version, by)
            rule_sets.publish(connection, version, By("second", NOW_MS))
    failed_in_one_line(store.run("rules", "rollback"))
    with store.database.reading() as connection:
        assert rule_sets.live_rules(connection).version == "lenient"


def let_live(store: Store, version: str, body: str) -> None:
    by = By("auditor", NOW_MS)
    with store.database.writing() as connection:
        rule_sets.draft(connection, version, body, by)
        rule_sets.commit(connection, version, by)
        rule_sets.publish(connection, version, By("second", NOW_MS))


TOO_LOW = shipped_as("low", ("review = 0.5", "review = 0.05"))
SCORE = ("score", "--since", "2026-01-01", "--calibration", BY_HAND)


def test_live_rules_that_are_too_low_are_refused_with_the_command_that_heals_it(store: Store) -> None:
    let_live(store, "low", TOO_LOW)
    with store.database.writing() as connection:
        connection.execute(
            update(rules_table).where(rules_table.c.version == SHIPPED_VERSION).values(state="committed")
        )
    refused = store.run(*SCORE)
    failed_in_one_line(refused)
    healing = f"ingest-server rules publish {SHIPPED_VERSION}"
    assert f"`{healing}`" in refused.stderr
    assert store.run(*healing.split()[1:]).exit_code == 0
    assert store.run(*SCORE).exit_code == 0


def test_shipped_rules_that_are_retired_come_back_by_the_rollback_that_is_named(store: Store) -> None:
    let_live(store, "low", TOO_LOW)
    refused = store.run(*SCORE)
    failed_in_one_line(refused)
    assert "`ingest-server rules rollback`" in refused.stderr
    assert store.run("rules", "rollback").exit_code == 0
    assert store.run(*SCORE).exit_code == 0


def test_rules_that_are_asked_for_by_name_are_refused_without_talk_of_others(store: Store) -> None:
    by = By("auditor", NOW_MS)
    store.run("rules", "list")
    with store.database.writing() as connection:
        rule_sets.draft(connection, "low", TOO_LOW, by)
        rule_sets.commit(connection, "low", by)
    refused = store.run(*SCORE, "--rules", "low")
    failed_in_one_line(refused)
    assert "ingest-server rules" not in refused.stderr


def test_file_that_borrows_a_stored_version_is_refused(store: Store, tmp_path: Path) -> None:
    file = lenient_file(tmp_path, shipped_as(SHIPPED_VERSION, ("hold = 0.95", "hold = 0.99")))
    failed_in_one_line(store.run("rules", "replay", file, "--since", "2026-01-01"))


def failed_in_one_line(result: Result) -> None:
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("错误 error: ")
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


# --- a database from before ---


def test_verdicts_from_before_keep_standing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'before.db'}")
    config = Config()
    config.set_main_option("script_location", str(Path(ingest_server.store.__file__).parent / "migrations"))
    old_verdict = (
        b'{"band":"review","typology":"empty_order","leading":"empty_order","suspicion":0.75,"posterior":{},"reasons":'
        b'[],"unobserved":[],"exceptions":[{"code":"SHORT_VISIT","class_":"acknowledge"}],"observed_share":0.9,'
        b'"rules":"1","calibration":"old"}'
    )
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for statement in (
            "INSERT INTO devices VALUES ('device-1', 'agency-a', 'kid', '{}', 'ueid', 'active', 0)",
            "INSERT INTO records VALUES ('d', 0, 'device-1', 1, NULL, 'linked', 0, x'00')",
            "INSERT INTO visits VALUES ('d', 'v', 'agency-a', 'device-1', 'c', 'r', 1, 2, 1.0, 'review', 'empty_order',"
            " 0.75, 0.9)",
        ):
            connection.execute(text(statement))
        connection.execute(text("INSERT INTO verdicts VALUES ('d', 'older', 0, x'00')"))
        connection.execute(text("INSERT INTO verdicts VALUES ('d', 'old', 1, :verdict)"), {"verdict": old_verdict})
    for _ in range(2):
        database.migrate()
        with database.reading() as connection:
            [found] = visits_page(connection, Everything(), VisitFilter(), Cut(10, NOW_MS)).visits
            row = connection.execute(select(visits)).one()
        assert (found.band, found.verdict_readable) == (Band.REVIEW, True)
        assert (row.calibration, row.rules) == ("old", "before-rules")
        assert found.exceptions == (RaisedException(ExceptionCode.SHORT_VISIT, ExceptionClass.ACKNOWLEDGE),)
        with database.writing() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "0002")
    database.close()
