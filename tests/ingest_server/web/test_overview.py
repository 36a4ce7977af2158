"""The overview: sums by local day, warnings, rankings, devices and news, each within what its reader may see."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select, update

from ingest_server.charts.drawing import drawn
from ingest_server.charts.heat import HeatMap
from ingest_server.scoring.themes import SIGNS, Theme
from ingest_server.scoring.verdict import DOUBTED, Band
from ingest_server.store.districts import Agency, set_agency
from ingest_server.store.schema import cases, counted_visits, daily_tallies, records, visits
from ingest_server.store.scope import Everything
from ingest_server.store.trail import TrailFilter, entries
from ingest_server.store.watch import active_devices, visits_in_no_day
from ingest_server.web.drawings import Drawings
from ingest_server.web.overview import DAYS_SHOWN
from tests.ingest_server.authenticity.test_adopting import downgrade
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.store.test_scans import said_to_the_database
from tests.ingest_server.web.conftest import ORIGIN, Web, web_over
from visit_record.chain import LinkState

API = "/api/v1/overview"
DAY_MS = 86_400_000
# The visits of the fixture begin at 22:13 of this day in Shanghai.
DAY = "2026-09-21"
FUNDS_SHARE_FEN = 5_850


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Two agencies, each of a district of its own, an hour before the day ends."""
    for web in web_over(tmp_path_factory.mktemp("city") / "carewitness.db", filled=True):
        web.clock.now_ms = NOW_MS - 2 * 3_600_000
        with web.database.writing() as connection:
            set_agency(connection, Agency("agency-a", "浦东新区", "长宁 <养老>"))
            set_agency(connection, Agency("agency-b", "xuhui", None))
        yield web


def ask(web: Web, who: str, query: str = "") -> dict[str, Any]:
    answer = web.client(who).get(f"{API}{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_today_is_summed_by_the_tariffs_days(city: Web) -> None:
    found = ask(city, "auditor")
    today = found["totals"]["today"]
    assert (found["when"]["today"], found["when"]["hour"], found["when"]["zone"]) == (DAY, 23, "Asia/Shanghai")
    assert (today["visits"], today["seconds"], today["settled_fen"]) == (7, 7 * 3600, 7 * FUNDS_SHARE_FEN)
    assert sum(today["bands"].values()) == 7
    assert 0 < today["at_risk_fen"] < today["settled_fen"]


def test_check_in_that_a_clock_put_into_the_year_9999_is_in_no_figure(city: Web) -> None:
    assert ask(city, "auditor")["totals"]["year"]["visits"] == 8


def test_yesterday_is_held_beside_today_up_to_the_same_hour(city: Web) -> None:
    totals = ask(city, "auditor")["totals"]
    assert (totals["yesterday"]["visits"], totals["yesterday_by_now"]["visits"]) == (1, 1)
    city.clock.now_ms -= 3 * 3_600_000
    try:
        totals = ask(city, "auditor")["totals"]
    finally:
        city.clock.now_ms += 3 * 3_600_000
    assert (totals["yesterday"]["visits"], totals["yesterday_by_now"]["visits"]) == (1, 0)


def test_days_are_whole_ones_and_hours_are_of_weekdays(city: Web) -> None:
    city.clock.now_ms += DAY_MS
    try:
        found = ask(city, "auditor")
    finally:
        city.clock.now_ms -= DAY_MS
    assert len(found["days"]) == DAYS_SHOWN
    assert [(one["day"], one["figures"]["visits"]) for one in found["days"][-2:]] == [("2026-09-20", 1), (DAY, 7)]
    assert [(one["weekday"], one["visits"][22]) for one in found["hours"]] == [
        (1, 7), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 1)
    ]  # fmt: skip


def test_supervisor_sees_the_own_agency_alone(city: Web) -> None:
    found = ask(city, "supervisor-b")
    assert found["totals"]["today"]["visits"] == 2
    assert [one["subject"] for one in found["agencies"]["first"]] == ["agency-b"]
    assert found["districts"] is None
    assert "agency-a" not in msgspec.json.encode(found).decode()


@pytest.mark.parametrize(
    ("query", "visits"),
    [
        ("?agency=agency-a", 5),
        ("?district=浦东新区", 5),
        ("?district=xuhui", 2),
        ("?district=xuhui&agency=agency-b", 2),
    ],
)
def test_auditor_may_narrow_to_an_agency_or_a_district(city: Web, query: str, visits: int) -> None:
    found = ask(city, "auditor", query)
    assert found["totals"]["today"]["visits"] == visits
    assert sum(one["subjects"] for one in (found["agencies"],)) == 1


@pytest.mark.parametrize(
    ("who", "query"),
    [
        ("supervisor-a", "?agency=agency-b"),
        ("supervisor-a", "?district=浦东新区"),
        ("auditor", "?agency=agency-x"),
        ("auditor", "?district=nowhere"),
        ("auditor", "?district=xuhui&agency=agency-a"),
    ],
)
@pytest.mark.parametrize("path", [API, f"{API}/devices", "/overview", "/overview/charts", "/overview/devices"])
def test_what_is_not_to_be_seen_is_not_found(city: Web, path: str, who: str, query: str) -> None:
    assert city.client(who).get(path + query).status_code == 404


def test_page_of_an_unknown_agency_keeps_what_was_typed_and_says_what_to_do(city: Web) -> None:
    text = city.client("auditor").get("/overview?agency=agency-x").text
    assert 'value="agency-x"' in text
    assert "请检查写法" in text


def test_theme_that_nothing_screens_for_is_never_zero(city: Web) -> None:
    themes = {one["theme"]: one for one in ask(city, "auditor")["themes"]}
    assert set(themes) == set(Theme)
    assert themes["empty_order"]["today"] > 0
    assert (themes["multi_card_gathering"]["screened"], themes["multi_card_gathering"]["year"]) == (False, None)
    assert "尚未筛查" in city.client("auditor").get("/overview").text


def listed(client: TestClient, question: str) -> list[dict[str, Any]]:
    """The rows behind a figure."""
    answer = client.get(f"/api/v1/query/visits?{question}&limit=200")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


@pytest.mark.parametrize(
    ("who", "query"),
    [
        ("auditor", ""),
        ("auditor", "?district=浦东新区"),
        ("auditor", "?agency=agency-b"),
        ("auditor", "?district=xuhui&agency=agency-b"),
        ("supervisor-a", ""),
        ("supervisor-b", ""),
    ],
)
@pytest.mark.parametrize("screens", ["Asia/Shanghai", "America/New_York"])
def test_figure_of_a_theme_leads_to_just_the_visits_that_it_counts(
    city: Web, who: str, query: str, screens: str
) -> None:
    client, parts = city.client(who), city.app.state.parts
    city.app.state.parts = dataclasses.replace(parts, zone=ZoneInfo(screens))
    try:
        counted = 0
        for one in ask(city, who, query)["themes"]:
            for period in ("today", "last_days", "year") if one["screened"] else ():
                assert len(listed(client, one["lists"][period])) == one[period], (one, period)
                counted += one[period]
    finally:
        city.app.state.parts = parts
    assert counted


@pytest.mark.parametrize(("who", "query"), [("supervisor-a", ""), ("auditor", "?agency=agency-a")])
def test_theme_tells_how_many_of_its_visits_are_in_doubt(city: Web, who: str, query: str) -> None:
    client, whole = city.client(who), Counter[str]()
    for one in ask(city, who, query)["themes"]:
        if one["screened"]:
            doubted = [row for row in listed(client, one["lists"]["year"]) if row["band"] in DOUBTED]
            assert len(doubted) == one["year_doubted"] == len(listed(client, one["lists"]["year_doubted"])), one
            whole.update(year=one["year"], doubted=one["year_doubted"])
    assert 0 < whole["doubted"] < whole["year"], "nothing here is counted though it is credible"
    shown = client.get(f"/overview{query}").text
    assert "其中存疑" in shown
    for one in ask(city, who, query)["themes"]:
        assert not one["year_doubted"] or f'{escape(one["lists"]["year_doubted"])}">{one["year_doubted"]}</a>' in shown


def test_theme_of_many_agencies_leads_to_its_visits_in_doubt(city: Web) -> None:
    for one in ask(city, "auditor")["themes"]:
        assert one["year_doubted"] is None
        linked = one["year"] and escape(f"/query/visits?{one['lists']['year_doubted']}")
        assert not linked or f'<a href="{linked}">' in city.client("auditor").get("/overview").text


def test_visits_of_a_theme_are_those_that_warn_of_it(city: Web) -> None:
    client = city.client("auditor")
    visits = {one["visit"]: one for one in listed(client, "")}
    raised = client.get("/api/v1/query/exceptions?limit=200").json()["rows"]
    for theme, signs in SIGNS.items():
        doubted = [one for one in visits.values() if one["band"] in DOUBTED and one["typology"] in signs.typologies]
        warned = {one["visit"] for one in doubted} | {one["visit"] for one in raised if one["code"] in signs.codes}
        assert {one["visit"] for one in listed(client, f"theme__in={theme}")} == warned


def test_second_record_of_a_visit_is_listed_as_not_counted(filled_web: Web) -> None:
    client = filled_web.client("auditor")
    assert {one["counted"] for one in listed(client, "")} == {True}
    with filled_web.database.writing() as connection:
        one = connection.execute(counted_visits.select()).first()
        assert one is not None
        connection.execute(counted_visits.delete().where(counted_visits.c.digest == one.digest))
    assert [row["record"] for row in listed(client, "counted=no")] == [one.digest]
    assert len(listed(client, "counted=yes")) == len(listed(client, "")) - 1


def test_page_leads_from_each_figure_to_its_list(city: Web) -> None:
    text = city.client("auditor").get("/overview").text
    for one in ask(city, "auditor")["themes"]:
        for period in ("today", "last_days", "year"):
            linked = one["screened"] and one[period] and escape(f"/query/visits?{one['lists'][period]}")
            assert not linked or f'<a href="{linked}">{one[period]}</a>' in text


def test_agencies_and_districts_are_ranked_with_intervals(city: Web) -> None:
    found = ask(city, "auditor")
    assert {one["subject"] for one in found["agencies"]["first"]} == {"agency-a", "agency-b"}
    assert {one["subject"] for one in found["districts"]["first"]} == {"浦东新区", "xuhui"}
    for one in found["agencies"]["first"] + found["districts"]["first"]:
        assert 0 <= one["estimate"]["low"] < one["estimate"]["mean"] < one["estimate"]["high"] <= 1


def test_districts_are_offered_to_the_fund_and_not_even_read_for_an_agency(city: Web) -> None:
    asked = {}
    for who in ("auditor", "supervisor-a"):
        with said_to_the_database() as statements:
            shown = city.client(who).get("/overview").text
        listed = any("agencies.district IS NOT NULL" in statement for statement, _ in statements)
        asked[who] = (listed, '<select name="district"' in shown, "xuhui" in shown)
    assert asked == {"auditor": (True, True, True), "supervisor-a": (False, False, False)}


def test_district_is_judged_by_its_agencies_visits(city: Web) -> None:
    client = city.client("auditor")
    district = client.get("/api/v1/authenticity/district/浦东新区").json()
    agency = client.get("/api/v1/authenticity/agency/agency-a").json()
    assert district["agencies"] == ["agency-a"]
    assert district["money"] == agency["money"]
    assert district["estimate"]["visits"] == agency["estimate"]["visits"]
    assert client.get("/api/v1/authenticity/district/nowhere").status_code == 404


def test_list_of_districts_is_turned_over_by_a_cursor_in_chinese_too(city: Web) -> None:
    client, found, cursor = city.client("auditor"), [], ""
    for _ in range(2):
        page = client.get(f"/api/v1/authenticity/district?limit=1{cursor}").json()
        found += [one["subject"] for one in page["subjects"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(found) == ["xuhui", "浦东新区"]
    assert page["next_cursor"] is None


def test_supervisor_sees_no_district(city: Web) -> None:
    client = city.client("supervisor-a")
    assert client.get("/api/v1/authenticity/district").json()["subjects"] == []
    assert client.get("/api/v1/authenticity/district/浦东新区").status_code == 404


def test_name_of_an_agency_is_shown_as_text(city: Web) -> None:
    text = city.client("auditor").get("/overview").text
    assert "长宁 &lt;养老&gt;" in text
    assert "<养老>" not in text


WHOLE = re.compile(r'<svg class="chart (?:wide|narrow)" viewBox="[0-9 ]+" role="img"')


def test_page_shows_what_the_api_says(city: Web) -> None:
    city.client("auditor").get("/overview")
    text, found = city.client("auditor").get("/overview").text, ask(city, "auditor")
    assert len(WHOLE.findall(text)) == 6
    assert "charts.js" not in text
    assert f"¥{found['totals']['today']['settled_fen'] / 100:,.2f}" in text
    assert " style=" not in text


class DrawnLater(Drawings):
    """Drawings that wait for a test to say when."""

    def draw(self) -> None:
        """Not yet."""

    def at_last(self) -> None:
        """Now."""
        super().draw()


@pytest.fixture
def later(city: Web) -> Iterator[DrawnLater]:
    """Nothing of the city is drawn, nor will be by itself."""
    parts, found = city.app.state.parts, DrawnLater(drawn)
    city.app.state.parts = dataclasses.replace(parts, drawings=found)
    yield found
    city.app.state.parts = parts


def entered(web: Web) -> int:
    with web.database.reading() as connection:
        return len(entries(connection, Everything(), TrailFilter(), 10_000))


def test_first_sight_has_the_numbers_the_place_of_each_chart_and_a_way_without_scripts(
    city: Web, later: DrawnLater
) -> None:
    client = city.client("auditor")
    text = client.get("/overview?agency=agency-a").text
    later.at_last()
    at_last = client.get("/overview?agency=agency-a").text
    assert text.count('aria-busy="true"') == 3
    assert len(re.findall(r'<a href="/overview\?agency=agency-a">[^/]*重新打开本页', text)) == 3
    assert 'data-at="/overview/charts?agency=agency-a"' in text
    assert re.findall(r'viewBox="[0-9 ]+"', text) == re.findall(r'viewBox="[0-9 ]+"', at_last)
    assert text.count("<tbody>") == at_last.count("<tbody>")


def test_charts_are_given_once_they_are_drawn_and_only_then_is_somebody_said_to_have_looked(
    city: Web, later: DrawnLater
) -> None:
    client, before = city.client("auditor"), entered(city)
    for _ in range(2):
        answer = client.get("/overview/charts?agency=agency-a")
        assert (answer.status_code, answer.headers["retry-after"], answer.text) == (202, "1", "")
    assert entered(city) == before
    later.at_last()
    answer = client.get("/overview/charts?agency=agency-a")
    assert (answer.status_code, len(WHOLE.findall(answer.text)), "<html" in answer.text) == (200, 6, False)
    assert entered(city) == before + 1
    drawn = re.search(r'<section class="charts".*?</section>', client.get("/overview?agency=agency-a").text, re.DOTALL)
    assert drawn is not None and drawn[0] in answer.text


def test_charts_are_each_readers_own(city: Web, later: DrawnLater) -> None:
    for who in ("supervisor-a", "auditor"):
        assert city.client(who).get("/overview/charts").status_code == 202
        later.at_last()
        assert city.client(who).get("/overview/charts").status_code == 200
    assert city.client("supervisor-b").get("/overview/charts").status_code == 202
    assert city.client("administrator").get("/overview/charts").status_code == 403


def test_chart_that_could_not_be_drawn_is_said_so_and_not_waited_for(
    city: Web, later: DrawnLater, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = city.client("auditor")
    client.get("/overview/charts")
    with monkeypatch.context() as broken:
        broken.setattr(HeatMap, "rows", lambda _self: 1 / 0)
        later.at_last()
    for path in ("/overview", "/overview/charts"):
        answer = client.get(path)
        assert (answer.status_code, len(WHOLE.findall(answer.text))) == (200, 4)
        assert answer.text.count("图表没有画成") == 1
        assert "aria-busy" not in answer.text and "charts.js" not in answer.text


def decide(web: Web, who: str, does: str, seen: int, note: str = "what was found") -> Response:
    form = {"does": does, "seen_version": str(seen), "note": note}
    address = f"/visits/{web.visits['empty_order']}/steps"
    answer: Response = web.client(who).post(address, data=form, headers={"Origin": ORIGIN})
    assert answer.status_code == 303, answer.text
    return answer


def test_confirmed_money_comes_with_the_second_person_and_goes_with_a_reopening(filled_web: Web) -> None:
    def confirmed() -> tuple[int, int]:
        totals = ask(filled_web, "auditor")["totals"]
        assert totals["confirmed_today"] == totals["confirmed_year"]
        return totals["confirmed_year"]["visits"], totals["confirmed_year"]["fen"]

    decide(filled_web, "supervisor-a", "propose", 0)
    assert confirmed() == (0, 0)
    decide(filled_web, "auditor", "approve", 2)
    assert confirmed() == (1, FUNDS_SHARE_FEN)
    decide(filled_web, "auditor", "comment", 3)
    assert confirmed() == (1, FUNDS_SHARE_FEN)
    decide(filled_web, "auditor", "reopen", 4)
    assert confirmed() == (0, 0)


def test_confirmed_money_is_of_the_day_of_closing_whatever_was_said_later(filled_web: Web) -> None:
    decide(filled_web, "supervisor-a", "propose", 0)
    decide(filled_web, "auditor", "approve", 2)
    filled_web.clock.now_ms += 2 * DAY_MS
    decide(filled_web, "auditor", "comment", 3)
    totals = ask(filled_web, "auditor")["totals"]
    assert (totals["confirmed_today"]["visits"], totals["confirmed_year"]["visits"]) == (0, 1)


def test_news_name_what_was_held_opened_and_decided(filled_web: Web) -> None:
    decide(filled_web, "supervisor-a", "propose", 0)
    news = ask(filled_web, "auditor")["news"]
    assert (news["cases_opened"], len(news["opened"])) == (3, 3)
    assert news["decided"] == {"propose": 1}
    assert [one["action"] for one in news["decisions"]] == ["propose"]
    filled_web.clock.now_ms += DAY_MS + 1
    later = ask(filled_web, "auditor")["news"]
    assert (later["cases_opened"], later["decided"], later["visits_held"]) == (0, {}, 0)


def test_news_tell_no_decision_that_was_undone(filled_web: Web) -> None:
    decide(filled_web, "supervisor-a", "close:false_alarm", 0)
    decide(filled_web, "supervisor-a", "undo", 2)
    news = ask(filled_web, "auditor")["news"]
    assert (news["decided"], news["decisions"]) == ({}, [])
    decide(filled_web, "supervisor-a", "propose", 3)
    assert ask(filled_web, "auditor")["news"]["decided"] == {"propose": 1}


def test_deadline_that_follows_a_decision_does_not_hide_that_it_was_undone(filled_web: Web) -> None:
    decide(filled_web, "supervisor-a", "propose:confirmed", 0)
    address = f"/visits/{filled_web.visits['empty_order']}/steps"
    for does, seen, status in (("set_due", "2", 303), ("undo", "3", 400)):
        form = {"does": does, "seen_version": seen, "due": "2026-10-20", "note": "the family is away until then"}
        sent = filled_web.client("supervisor-a").post(address, data=form, headers={"Origin": ORIGIN})
        assert sent.status_code == status
    # Not undone as long as what followed it stands: what the overview counts is what stands.
    assert ask(filled_web, "auditor")["news"]["decided"] == {"propose": 1}


def cleared(web: Web, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = ask(web, "auditor", query)["clearings"]
    return found


def test_fund_is_told_what_an_agency_closed_as_a_false_alarm(filled_web: Web) -> None:
    assert (cleared(filled_web)["agencies"], cleared(filled_web)["first"]) == (0, [])
    decide(filled_web, "supervisor-a", "close:false_alarm", 0)
    found = cleared(filled_web)
    assert (found["last_days"], found["year"], found["agencies"]) == (1, 1, 1)
    (one,) = found["first"]
    assert (one["agency"], one["last_days"], one["year"]) == ("agency-a", 1, 1)
    for question in (*one["lists"].values(), *found["lists"].values()):
        rows = listed(filled_web.client("auditor"), question)
        assert [row["visit"] for row in rows] == [filled_web.visits["empty_order"]]
    assert f'<a href="{escape("/query/visits?" + one["lists"]["year"])}">1</a>' in (
        filled_web.client("auditor").get("/overview").text
    )


def test_clearing_is_of_the_day_of_closing(filled_web: Web) -> None:
    decide(filled_web, "supervisor-a", "close:false_alarm", 0)
    filled_web.clock.now_ms += (DAYS_SHOWN + 1) * DAY_MS
    decide(filled_web, "supervisor-a", "comment", 2)
    found = cleared(filled_web)
    assert (found["last_days"], found["year"]) == (0, 1)
    assert listed(filled_web.client("auditor"), found["lists"]["last_days"]) == []


@pytest.mark.parametrize(
    ("who", "does", "then"),
    [
        ("auditor", "close:false_alarm", None),
        ("supervisor-a", "close:inconclusive", None),
        ("supervisor-a", "close:false_alarm", "undo"),
        ("supervisor-a", "close:false_alarm", "reopen"),
        ("auditor", "take", None),
    ],
)
def test_what_is_no_clearing_of_the_agencys_own_is_not_told_as_one(
    filled_web: Web, who: str, does: str, then: str | None
) -> None:
    decide(filled_web, who, does, 0)
    if then is not None:
        decide(filled_web, who, then, 2)
    assert cleared(filled_web)["agencies"] == 0


def test_clearing_of_a_visit_that_is_not_to_be_looked_at_first_is_not_told(filled_web: Web) -> None:
    decide(filled_web, "supervisor-a", "close:false_alarm", 0)
    with filled_web.database.writing() as connection:
        connection.execute(update(visits).values(band=Band.REVIEW))
    assert cleared(filled_web)["agencies"] == 0


def test_clearings_are_the_funds_and_narrowed_like_everything(filled_web: Web) -> None:
    decide(filled_web, "supervisor-a", "close:false_alarm", 0)
    assert cleared(filled_web, "?agency=agency-a")["year"] == 1
    assert cleared(filled_web, "?agency=agency-b")["year"] == 0
    assert ask(filled_web, "supervisor-a")["clearings"] is None
    assert "机构结为误报的" not in filled_web.client("supervisor-a").get("/overview").text


def test_upgrade_tells_how_cases_were_closed_from_their_steps(filled_web: Web) -> None:
    def kept() -> list[tuple[object, ...]]:
        with filled_web.database.reading() as connection:
            found = connection.execute(select(cases.c.closed_at_ms, cases.c.of_fund).order_by(cases.c.case)).all()
            return [tuple(row) for row in found]

    decide(filled_web, "auditor", "take", 0)
    decide(filled_web, "auditor", "undo", 2)
    decide(filled_web, "supervisor-a", "close:false_alarm", 3)
    decide(filled_web, "supervisor-a", "undo", 4)
    filled_web.clock.now_ms += 1_000
    decide(filled_web, "supervisor-a", "close:false_alarm", 5)
    filled_web.clock.now_ms += 1_000
    decide(filled_web, "supervisor-a", "comment", 6)
    of_fund = {"does": "take", "seen_version": "1", "note": ""}
    address = f"/cases/{filled_web.cases['agency-b']}/steps"
    assert filled_web.client("auditor").post(address, data=of_fund, headers={"Origin": ORIGIN}).status_code == 303
    before = kept()
    assert before == [(None, False), (None, True), (NOW_MS + 1_000, False)]
    downgrade(filled_web.database, "0018")
    filled_web.database.migrate()
    assert kept() == before


def test_visit_held_since_yesterday_is_named_until_it_is_handled(filled_web: Web) -> None:
    def held() -> list[str]:
        return [one["visit"] for one in ask(filled_web, "auditor")["news"]["held"]]

    assert held() == [filled_web.visits["empty_order"]]
    decide(filled_web, "supervisor-a", "close:false_alarm", 0)
    assert held() == []


def test_news_of_another_agency_are_not_told(filled_web: Web) -> None:
    decide(filled_web, "supervisor-a", "close:false_alarm", 0)
    news = ask(filled_web, "supervisor-b")["news"]
    assert (news["cases_opened"], news["decided"], news["visits_held"]) == (1, {}, 0)


def test_broken_chain_and_silence_are_listed_with_links(filled_web: Web) -> None:
    with filled_web.database.writing() as connection:
        connection.execute(update(records).where(records.c.seq == 3).values(link_state=LinkState.GAP))
        connection.execute(update(visits).values(clock="unsynchronised"))
    found = ask(filled_web, "auditor")["devices"]
    assert (found["active"], found["troubled"]) == (2, 2)
    faults = {one["device"]: [trouble["fault"] for trouble in one["troubles"]] for one in found["first"]}
    assert faults == {"device-1": ["chain_gap", "clock_unsynchronised"], "device-2": ["clock_unsynchronised"]}
    text = filled_web.client("supervisor-a").get("/overview/devices").text
    assert "device-1" in text
    assert "link=gap" in text
    assert "device-2" not in text


def test_list_of_devices_is_turned_over_by_a_cursor(filled_web: Web) -> None:
    with filled_web.database.writing() as connection:
        connection.execute(update(visits).values(clock="unsynchronised"))
    client = filled_web.client("auditor")
    first = client.get(f"{API}/devices?limit=1").json()
    last = client.get(f"{API}/devices?limit=1&cursor={first['next_cursor']}").json()
    assert [one["device"] for one in first["devices"] + last["devices"]] == ["device-1", "device-2"]
    assert last["next_cursor"] is None


def test_records_tell_how_their_device_was(filled_web: Web) -> None:
    """The heat array was broken in the third of four visits of the first device; consent withheld is no fault."""
    with filled_web.database.reading() as connection:
        found = {device.device: device for device in active_devices(connection)}
    without = [dict(one.without or {}) for one in found["device-1"].recent]
    assert {"thermal": "sensor_fault"} in without
    assert all("face" not in one for one in without)


def test_visits_of_an_older_version_are_told_to_be_missing(filled_web: Web) -> None:
    with filled_web.database.writing() as connection:
        assert visits_in_no_day(connection) == {}
        for row in connection.execute(counted_visits.select()).all():
            known = msgspec.msgpack.decode(row.counted)
            known.pop("of_day")
            where = counted_visits.c.digest == row.digest
            connection.execute(update(counted_visits).where(where).values(counted=msgspec.msgpack.encode(known)))
        connection.execute(daily_tallies.delete())
    assert ask(filled_web, "auditor")["totals"]["in_no_day"] == 9
    assert ask(filled_web, "supervisor-b")["totals"]["in_no_day"] == 2
    assert "authenticity rebuild" in filled_web.client("auditor").get("/overview").text


def test_empty_server_shows_an_empty_overview(empty_web: Web) -> None:
    answer = empty_web.client("auditor").get("/overview")
    assert answer.status_code == 200
    assert "尚未登记机构所属的区" in answer.text
    assert ask(empty_web, "auditor")["totals"]["year"]["visits"] == 0
