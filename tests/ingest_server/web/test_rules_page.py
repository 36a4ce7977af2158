"""What visits are weighed by, published to the supervised: whole, in words, and of the version that weighed."""

import json
import tomllib
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import update
from typer.testing import CliRunner

from ingest_server.cli import app
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.rules.rules import Rules
from ingest_server.scoring.evidence import EVIDENCE, EVIDENCE_IDS, GROUPS
from ingest_server.scoring.verdict import RaisedException, Thresholds
from ingest_server.store import rule_sets
from ingest_server.store.changes import By
from ingest_server.store.history import Period
from ingest_server.store.schema import movements as movements_table
from ingest_server.store.schema import rule_sets as rules_table
from ingest_server.store.thresholds import set_thresholds
from ingest_server.web.rule_words import condition_of, finding_of, raised_in_words, weight_of
from ingest_server.weighing_again import Sampling, WeighingAgain
from ingest_server.words import evidence
from ingest_server.words.bilingual import Words
from ingest_server.words.sources import SHIPPED_NOTE, said_of_note, said_of_source
from tests.ingest_server.conftest import NOW_MS, by_hand
from tests.ingest_server.rules.documents import SHIPPED_VERSION, one_rule, parsed, shipped_as
from tests.ingest_server.stores import new_store
from tests.ingest_server.web.conftest import Web, fill, fresh_web
from visit_record.catalogue import service_items

CALIBRATIONS = Path(evidence.__file__).parents[1] / "scoring" / "calibrations"
BY, SECOND = By("auditor", NOW_MS, "fewer to look at"), By("second", NOW_MS)
OWN = Thresholds(0.7, 0.99, "agency-a")
NEXT = shipped_as("next", ("review = 0.5", "review = 0.6"))
LENIENT = shipped_as("lenient", ("review = 0.5", "review = 0.9999"), ("hold = 0.95", "hold = 0.99999"))


def later() -> str:
    """A draft that adds a rule, takes the last one away, and asks the first one of later visits alone."""
    head, *rules = shipped_as("later").split("\n[[rule]]\n")
    new = one_rule().split("[[rule]]\n")[1].replace("the-rule", "brand-new")
    changed = rules[0].rstrip() + "\neffective_from = 2030-01-01\n"
    return "\n[[rule]]\n".join([head, changed, *rules[1:-1], new])


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Rule set `next` live, `later` a draft, and agency A with thresholds of its own, all adopted for history."""
    database = new_store(tmp_path_factory.mktemp("ruled") / "carewitness.db")
    web = fresh_web(database)
    fill(web)
    with database.writing() as connection:
        rule_sets.draft(connection, "next", NEXT, BY)
        rule_sets.commit(connection, "next", BY)
        rule_sets.publish(connection, "next", SECOND)
        rule_sets.draft(connection, "later", later(), BY)
        set_thresholds(connection, "agency-a", OWN, BY)
    rules = Rules(parsed(NEXT), {"agency-a": OWN})
    again = WeighingAgain(database, by_hand(), service_items(), rules)
    again.score(Period(0), Sampling(), lambda _: None, at_ms=NOW_MS, adopt=lambda _connection, _digests: None)
    yield web
    database.close()


@pytest.mark.parametrize("person", ["supervisor-a", "auditor", "administrator"])
def test_every_rule_and_every_source_is_published_to_everybody_who_may_log_in(ruled: Web, person: str) -> None:
    page = ruled.client(person).get("/rules").text
    for rule in parsed(NEXT).rule:
        assert f'id="{rule.id}"' in page
        for said in (rule.question, rule.basis):
            assert said.zh in page
        assert condition_of(rule.asks).zh in page
    for row in by_hand().row:
        assert evidence.said_of_evidence(row.evidence).zh in page
    assert "现行规则 next，" in page


def test_json_says_what_the_page_says(ruled: Web) -> None:
    answer = ruled.client("supervisor-a").get("/api/v1/rules").json()
    assert (answer["version"], answer["state"], answer["live_since_ms"]) == ("next", "live", NOW_MS)
    assert answer["versions"] == [SHIPPED_VERSION, "next"]
    assert [rule["id"] for rule in answer["rules"]] == [rule.id for rule in parsed(NEXT).rule]
    assert answer["rules"][0]["asks"] == {"kind": "no_check_in"}
    rows = ruled.client("supervisor-a").get("/api/v1/calibration").json()["row"]
    assert {row["evidence"] for row in rows} == EVIDENCE_IDS


def test_openapi_document_stays_json(ruled: Web) -> None:
    """An infinite default would make it something else."""
    text = ruled.client().get("/api/v1/openapi.json").text

    def refuse(constant: str) -> float:
        raise AssertionError(constant)

    json.loads(text, parse_constant=refuse)


def test_agency_sees_its_own_thresholds_and_nobody_elses(ruled: Web) -> None:
    own = [{"review": 0.7, "hold": 0.99, "agency": "agency-a"}]
    seen = {name: ruled.client(name).get("/api/v1/rules").json()["own_thresholds"] for name in ruled.tokens}
    assert seen == {"supervisor-a": own, "supervisor-b": [], "auditor": own, "administrator": own}
    assert "agency-a" not in ruled.client("supervisor-b").get("/rules").text


@pytest.mark.parametrize("path", ["/rules", "/api/v1/rules"])
def test_draft_is_not_published_and_a_retired_rule_set_still_is(ruled: Web, path: str) -> None:
    client = ruled.client("supervisor-a")
    assert client.get(f"{path}?version=later").status_code == 404
    assert client.get(f"{path}?version=nothing").status_code == 404
    assert client.get(f"{path}?version=../1").status_code in {400, 422}
    assert client.get(f"{path}?version={SHIPPED_VERSION}").status_code == 200
    assert "later" not in client.get(path).text


def test_page_of_a_retired_rule_set_says_that_it_is_not_live(ruled: Web) -> None:
    assert "不是现行规则" in ruled.client("auditor").get(f"/rules?version={SHIPPED_VERSION}").text


def test_visit_links_each_exception_to_its_rule_and_says_what_was_found(ruled: Web) -> None:
    page = ruled.client("supervisor-a").get(f"/visits/{ruled.visits['empty_order']}").text
    assert 'href="/rules?version=next#no-care-heard"' in page
    assert "护理声音占可听时间的 0.0%" in page
    assert "未听到：协助进食、水；整理床单位" in page


def test_visit_says_that_thresholds_were_overridden_and_which(ruled: Web) -> None:
    page = ruled.client("supervisor-a").get(f"/visits/{ruled.visits['empty_order']}").text
    assert "本机构另有阈值：可疑度 70% 起复核、99% 起优先。" in page
    assert "通常为 60%、95%。" in page
    other = ruled.client("auditor").get(f"/visits/{ruled.visits['b_proxy']}").text
    assert "另有阈值" not in other


def test_visit_shows_every_verdict_and_which_stands(ruled: Web) -> None:
    detail = ruled.client("auditor").get(f"/api/v1/visits/{ruled.visits['empty_order']}").json()
    shown = [(one["rules"], one["purpose"], one["stands"], one["band"]) for one in detail["weighings"]]
    assert shown == [(SHIPPED_VERSION, "live", False, "hold"), ("next", "again", True, "review")]
    assert "共评分 2 次" in ruled.client("auditor").get(f"/visits/{ruled.visits['empty_order']}").text


def test_rules_that_this_program_cannot_read_hide_no_visit(tmp_path: Path) -> None:
    database = new_store(tmp_path / "old.db")
    web = fresh_web(database)
    fill(web)
    with database.writing() as connection:
        connection.execute(update(rules_table).values(body="nonsense = "))
    visit = web.client("auditor").get(f"/visits/{web.visits['empty_order']}")
    assert visit.status_code == 200
    assert "无护理声音" in visit.text
    for path in ("/rules", "/api/v1/rules"):
        answer = web.client("auditor").get(path)
        assert answer.status_code == 410
        assert "ingest-server rules show" in answer.text
    database.close()


def test_every_kind_is_said_in_words_with_its_parameters() -> None:
    for rule in shipped_rules(EVIDENCE_IDS).rule:
        assert all(condition_of(rule.asks))
        raised = RaisedException(rule.code, rule.class_, rule.id, 0.5, ("something-newer",))
        assert all(finding_of(rule, raised))
    assert weight_of(parsed(one_rule("weight = { proxy_caregiver = 2.5 }")).rule[0]).zh == "冒名顶替 +2.5 分贝"


def test_exception_whose_rule_is_not_known_is_shown_without_a_sentence() -> None:
    rule = shipped_rules(EVIDENCE_IDS).rule[0]
    raised = RaisedException(rule.code, rule.class_, "a-rule-of-before")
    assert raised_in_words(raised, shipped_rules(EVIDENCE_IDS)).words is None
    assert raised_in_words(replace(raised, rule=rule.id), None).words is None
    assert raised_in_words(replace(raised, rule=rule.id), shipped_rules(EVIDENCE_IDS)).words is not None


def test_every_group_of_evidence_is_said_in_both_languages() -> None:
    assert {item.group for item in EVIDENCE} == set(GROUPS) <= evidence.GROUPS.keys()


def test_draft_is_shown_to_the_fund_and_to_administrators_and_not_to_the_supervised(ruled: Web) -> None:
    def listed(name: str) -> list[tuple[str, str]]:
        sets = ruled.client(name).get("/api/v1/rule-sets").json()["sets"]
        return [(one["version"], one["state"]) for one in sets]

    published = [("next", "live"), (SHIPPED_VERSION, "retired")]
    assert listed("supervisor-a") == published
    for name in ("auditor", "administrator"):
        assert listed(name) == [published[0], ("later", "draft"), published[1]]
        assert "2030-01-01" in ruled.client(name).get("/rules?version=later").text
    for path in ("/api/v1/rule-sets/later/differences", "/api/v1/rule-sets/later/movements", "/rules?version=later"):
        assert ruled.client("supervisor-a").get(path).status_code == 404


def test_history_tells_who_did_what_when_and_why(ruled: Web) -> None:
    sets = ruled.client("supervisor-a").get("/api/v1/rule-sets").json()["sets"]
    steps = [(one["action"], one["actor"], one["at_ms"], one["note"]) for one in sets[0]["steps"]]
    assert steps == [
        ("draft", "auditor", NOW_MS, "fewer to look at"),
        ("commit", "auditor", NOW_MS, "fewer to look at"),
        ("publish", "second", NOW_MS, None),
    ]
    page = ruled.client("supervisor-a").get("/rules").text
    assert "fewer to look at" in page
    assert "second" in page


def test_differences_name_each_rule_that_is_new_gone_or_changed_and_what_of_it(ruled: Web) -> None:
    found = ruled.client("auditor").get("/api/v1/rule-sets/later/differences").json()
    assert (found["before"]["version"], found["after"]["version"]) == ("next", "later")
    assert (found["before"]["thresholds"]["review"], found["after"]["thresholds"]["review"]) == (0.6, 0.5)
    told = {one["id"]: (one["change"], one["parts"]) for one in found["rules"]}
    first, last = (parsed(NEXT).rule[place].id for place in (0, -1))
    assert told == {"brand-new": ("new", []), first: ("changed", ["effective_from"]), last: ("gone", [])}
    assert found["same"] == len(parsed(NEXT).rule) - 2
    page = ruled.client("auditor").get("/rules?version=later").text
    for said in ("brand-new", "新增", "取消", "有改动", "不限日期", "60%", "50%"):
        assert said in page
    assert 'id="differences"' not in ruled.client("auditor").get("/rules").text


def test_set_that_asks_the_same_differs_in_nothing(ruled: Web) -> None:
    found = ruled.client("auditor").get("/api/v1/rule-sets/next/differences").json()
    assert (found["rules"], found["same"]) == ([], len(parsed(NEXT).rule))


@pytest.fixture
def tried(filled_web: Web) -> Web:
    """A rule set that was tried on all stored visits by the command, and moves some of each agency's."""
    with filled_web.database.writing() as connection:
        rule_sets.draft(connection, "lenient", LENIENT, BY)
    command = (
        "rules",
        "replay",
        "lenient",
        "--since",
        "2026-01-01",
        "--by",
        "auditor",
        "--note",
        "before the year ends",
    )
    done = CliRunner().invoke(app, [*command, "--database", filled_web.database.name])
    assert done.exit_code == 0, done.output
    with filled_web.database.writing() as connection:
        rule_sets.commit(connection, "lenient", BY)
    return filled_web


def test_replay_is_kept_with_who_made_it_of_which_days_and_why(tried: Web) -> None:
    kept = tried.client("auditor").get("/api/v1/rule-sets/lenient/movements").json()["replay"]
    assert (kept["by"]["actor"], kept["by"]["note"]) == ("auditor", "before the year ends")
    assert (kept["period"]["until_ms"], kept["period"]["agency"], kept["same_document"]) == (None, None, True)
    movement = kept["movement"]
    assert movement["visits"] == len(tried.visits)
    assert movement["moved"] > 0
    page = tried.client("auditor").get("/rules?version=lenient").text
    assert "历史重放" in page
    assert "before the year ends" in page
    assert f'href="/visits/{movement["sample"][0]["visit"]}' in page


def test_administrator_sees_counts_of_what_would_move_and_no_visit(tried: Web) -> None:
    movement = tried.client("administrator").get("/api/v1/rule-sets/lenient/movements").json()["replay"]["movement"]
    assert (movement["visits"], movement["sample"]) == (len(tried.visits), [])
    page = tried.client("administrator").get("/rules?version=lenient").text
    assert not any(visit in page for visit in tried.visits.values())
    assert "/caregivers/" not in page


def test_agency_is_told_of_its_own_visits_alone(tried: Web) -> None:
    movement = tried.client("supervisor-b").get("/api/v1/rule-sets/lenient/movements").json()["replay"]["movement"]
    assert [one["agency"] for one in movement["agencies"]] == ["agency-b"]
    assert (movement["visits"], movement["bands"], movement["typologies"]) == (2, [], [])
    assert {one["agency"] for one in movement["sample"]} <= {"agency-b"}
    for path in ("/rules?version=lenient", "/api/v1/rule-sets/lenient/movements"):
        text = tried.client("supervisor-b").get(path).text
        assert "agency-a" not in text
        assert not any(tried.visits[name] in text for name in tried.visits if not name.startswith("b_"))


def test_replay_of_another_agency_is_no_business_of_this_one(tried: Web) -> None:
    again = ("rules", "replay", "lenient", "--since", "2026-01-01", "--agency", "agency-a")
    CliRunner().invoke(app, [*again, "--database", tried.database.name])
    told = {
        name: tried.client(name).get("/api/v1/rule-sets/lenient/movements").json()["replay"] for name in tried.tokens
    }
    assert [name for name, kept in told.items() if kept is None] == ["supervisor-b"]


def test_table_of_a_draft_that_was_written_again_is_called_old(filled_web: Web) -> None:
    def movements() -> dict[str, object]:
        found: dict[str, object] = filled_web.client("auditor").get("/api/v1/rule-sets/lenient/movements").json()
        return found

    with filled_web.database.writing() as connection:
        rule_sets.draft(connection, "lenient", LENIENT, BY)
    assert movements() == {"version": "lenient", "shadow": None, "replay": None}
    command = ["rules", "replay", "lenient", "--since", "2026-01-01", "--database", filled_web.database.name]
    CliRunner().invoke(app, command)
    with filled_web.database.writing() as connection:
        rule_sets.draft(connection, "lenient", LENIENT + "\n", BY)
    assert movements()["replay"]["same_document"] is False  # type: ignore[index]
    assert "结果是旧稿的" in filled_web.client("auditor").get("/rules?version=lenient").text


def test_shadow_run_is_shown_as_it_was_last_counted(tried: Web) -> None:
    for arguments in (("lenient",), ()):
        CliRunner().invoke(app, ["rules", "shadow", *arguments, "--database", tried.database.name])
    found = tried.client("auditor").get("/api/v1/rule-sets/lenient/movements").json()
    assert (found["shadow"]["kind"], found["shadow"]["movement"]["visits"]) == ("shadow", 0)
    assert "影子运行中" in tried.client("auditor").get("/rules").text


def test_movement_that_this_program_cannot_read_hides_no_rules(tried: Web) -> None:
    with tried.database.writing() as connection:
        connection.execute(update(movements_table).values(movement=b"nonsense"))
    assert tried.client("auditor").get("/rules?version=lenient").status_code == 200


def test_what_ships_says_in_chinese_what_its_weights_rest_on(ruled: Web) -> None:
    client = ruled.client("supervisor-a")
    client.cookies.set("carewitness-language", "zh")
    shown = unescape(client.get("/rules").text)
    for source in {row.source for row in ruled.app.state.parts.calibration.row}:
        assert source not in shown
        assert said_of_source(source).zh in shown
    client.cookies.set("carewitness-language", "en")
    assert "not weighed yet" in client.get("/rules").text


@pytest.mark.parametrize("file", sorted(CALIBRATIONS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_calibration_that_ships_has_words_for_its_sources(file: Path) -> None:
    table = tomllib.loads(file.read_text("utf-8"))
    for row in table["row"] + table.get("absent", []):
        assert not said_of_source(row["source"]).zh.startswith("原文引用"), row["source"]


def test_source_of_somebody_elses_calibration_is_quoted() -> None:
    assert said_of_source("our own trial") == Words("原文引用：our own trial", "our own trial")


def test_note_of_the_rules_that_ship_is_said_and_those_of_people_are_as_they_typed_them() -> None:
    assert said_of_note(SHIPPED_NOTE) == Words("随本版本提供", SHIPPED_NOTE)
    assert said_of_note("fewer to look at") == "fewer to look at"
