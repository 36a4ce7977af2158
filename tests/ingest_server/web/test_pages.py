"""The pages: what they say, that nothing hostile runs in them, and that every failure is a page."""

import dataclasses
import re
from collections import Counter
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from ingest_server.authenticity.estimate import Kind
from ingest_server.cases.step import Action, Outcome, State
from ingest_server.fleet.throttling import Throttling
from ingest_server.fleet.told import Changed, Link
from ingest_server.fleet.trouble import Fault
from ingest_server.rules.life import State as RulesState
from ingest_server.scoring.evidence import EVIDENCE
from ingest_server.scoring.themes import Theme
from ingest_server.scoring.verdict import Band
from ingest_server.vocabulary import Deed, Role
from ingest_server.web.strips import Measure
from ingest_server.web.words import said
from ingest_server.words import evidence
from tests.ingest_server.conftest import arrival
from tests.ingest_server.web.conftest import Web, put
from tests.ingest_server.web.visits import fix_at, linked, momentary, moved, proxy_with_photo, rich_visit
from tests.visit_record.examples import CHECK_IN_MS, KEY
from visit_record import vocabulary
from visit_record.chain import LinkState
from visit_record.fitted import Fault as PartFault
from visit_record.fitted import Part, SensorState
from visit_record.record import ServiceClaim, Services, VisitRecord
from visit_record.sealing import seal
from visit_record.visit_id import visit_id

VOCABULARY = [found for found in vars(vocabulary).values() if isinstance(found, type) and issubclass(found, StrEnum)]
SAID = [found for found in VOCABULARY if found not in {StrEnum, vocabulary.OccupancyCue}] + [
    Band,
    Role,
    LinkState,
    RulesState,
    State,
    Outcome,
    Action,
    Deed,
    Kind,
    Theme,
    Fault,
    Part,
    SensorState,
    PartFault,
    Link,
    Changed,
    Throttling,
    Measure,
]


@pytest.mark.parametrize("kind", SAID)
def test_every_word_of_the_wire_is_said_in_both_languages(kind: type[StrEnum]) -> None:
    for value in kind:
        assert all(said(value))


def test_every_item_of_evidence_is_said_in_both_languages() -> None:
    assert {item.id for item in EVIDENCE} == evidence.EVIDENCE.keys()


def test_queue_opens_on_what_is_to_be_looked_at_first(web: Web) -> None:
    client = web.client("supervisor-a")
    first, review = client.get("/").text, client.get("/?band=review").text
    assert web.visits["empty_order"] in first
    assert web.visits["empty_order"] not in review
    assert web.visits["proxy"] in review
    assert web.visits["rich"] not in first + review
    assert "挂空单" in first
    assert "empty order" in first


def test_queue_opens_on_what_is_for_review_where_nothing_comes_first(empty_web: Web) -> None:
    [visit] = put(empty_web, [proxy_with_photo()], "device-1", "agency-a", KEY)
    assert visit in empty_web.client("supervisor-a").get("/").text
    assert visit not in empty_web.client("supervisor-a").get("/?band=hold").text


@pytest.mark.parametrize("kind", ["rich", "empty_order", "proxy", "little_seen", "momentary", "moved"])
def test_visit_page_stands_for_every_kind_of_visit(web: Web, kind: str) -> None:
    answer = web.client("supervisor-a").get(f"/visits/{web.visits[kind]}")
    assert answer.status_code == 200
    detail = web.client("supervisor-a").get(f"/api/v1/visits/{web.visits[kind]}").json()
    for reason in detail["verdict"]["reasons"]:
        assert reason["zh"] in answer.text
    for exception in detail["summary"]["exceptions"]:
        assert said(vocabulary.ExceptionCode(exception["code"])).zh in answer.text
    assert detail["summary"]["digest"] in answer.text


def test_what_could_not_be_observed_is_said_with_its_reason(web: Web) -> None:
    page = web.client("supervisor-a").get(f"/visits/{web.visits['little_seen']}").text
    assert "能观测到的证据太少" in page
    assert "未获同意" in page
    assert "传感器故障" in page


def test_break_of_the_chain_is_a_chip_and_a_filter_of_the_pages(empty_web: Web) -> None:
    record = rich_visit()
    jti = visit_id(7, bytes(10))
    sealed = seal(replace(linked(record, 3, "0" * 64), jti=jti), KEY)
    put(empty_web, [record], "device-1", "agency-a", KEY)
    empty_web.served.intake.take([arrival(sealed)])
    client = empty_web.client("supervisor-a")
    for path, count in (("/?band=all", 1), (f"/visits/{jti}", 1), ("/caregivers/caregiver-1", 2)):
        assert chips(client.get(path).text).count("记录缺号") == count, path
    narrowed = client.get("/?band=all&link=gap").text
    assert f"/visits/{jti}" in narrowed
    assert narrowed.count("<tr class=") == 1
    assert '<option value="gap" selected>' in narrowed
    assert "band=credible&amp;link=gap" in narrowed
    assert "没有符合条件" in client.get("/?band=all&link=fork").text


def chips(page: str) -> str:
    return " ".join(re.findall(r'<li class="chip.*?</li>', page, re.DOTALL))


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Pacific/Kiritimati", "Etc/GMT+12", "Africa/Monrovia"])
def test_pages_of_the_last_and_first_moment_there_is_stand_in_every_zone(empty_web: Web, zone: str) -> None:
    first = moved(rich_visit(), -rich_visit().span.check_in_ms)
    visits = put(empty_web, [rich_visit(), momentary(), first], "device-1", "agency-a", KEY)
    parts = empty_web.app.state.parts
    empty_web.app.state.parts = dataclasses.replace(parts, zone=ZoneInfo(zone))
    client = empty_web.client("auditor")
    pages = ["/", "/?band=all", "/caregivers/caregiver-1", *(f"/visits/{visit}" for visit in visits)]
    for path in pages:
        assert client.get(path).status_code == 200, path


def test_position_whose_accuracy_is_unknown_says_so(empty_web: Web) -> None:
    where = replace(rich_visit().where, check_in=replace(fix_at(CHECK_IN_MS, 8.0), accuracy_m=None))
    [visit] = put(empty_web, [replace(rich_visit(), where=where)], "device-1", "agency-a", KEY)
    page = empty_web.client("auditor").get(f"/visits/{visit}").text
    # On the mark, in the list of events, and among the facts.
    assert page.count("精度未知") == 3


def test_a_fix_by_no_satellites_is_told_as_the_receiver_s_word(empty_web: Web) -> None:
    where = replace(rich_visit().where, check_in=replace(fix_at(CHECK_IN_MS, 8.0), satellites=0))
    [visit] = put(empty_web, [replace(rich_visit(), where=where)], "device-1", "agency-a", KEY)
    page = empty_web.client("auditor").get(f"/visits/{visit}").text
    assert "接收器称未用卫星" in page
    assert "0 颗卫星" not in page


NOT_FOUND = ["/visits/01a0c45a-5c00-7000-8000-00000000ffff", "/caregivers/somebody", "/nothing/here"]
MISUNDERSTOOD = [
    "/visits/x",
    "/?cursor=nonsense",
    "/?band=guilty",
    "/?link=linked",
    f"/?caregiver={'a' * 65}",
    "/caregivers/a%00b",
]


@pytest.mark.parametrize("path", NOT_FOUND + MISUNDERSTOOD)
def test_wrong_address_gets_a_page(web: Web, path: str) -> None:
    answer = web.client("auditor").get(path)
    assert answer.status_code == (404 if path in NOT_FOUND else 400)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "auditor" in answer.text or path == "/nothing/here"
    assert "Traceback" not in answer.text


def test_empty_queue_says_so(empty_web: Web) -> None:
    assert "还没有服务记录" in empty_web.client("auditor").get("/").text
    assert "没有符合条件" in empty_web.client("auditor").get("/?agency=agency-a").text


HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}'


@pytest.mark.parametrize("path", ["/?agency=", "/?caregiver=", "/login?next=/"])
def test_hostile_address_is_shown_as_text(web: Web, path: str) -> None:
    page = web.client("auditor").get(path, params=None).text
    page += web.client("auditor").get(path + HOSTILE.replace("#", "%23")).text
    assert "<script>" not in page


def hostile(record: VisitRecord) -> VisitRecord:
    """Texts whose form the record does not bound carry markup."""
    item = ServiceClaim("not-in-the-catalogue", record.span.check_in_ms, 60.0)
    return replace(
        record,
        ueid="<img src=x onerror=1>",
        swversion="<script>alert(1)</script>",
        models={"<script>alert(2)</script>": "0" * 64},
        services=Services((item,), ()),
    )


def test_hostile_record_is_shown_as_text(empty_web: Web) -> None:
    [visit] = put(empty_web, [hostile(rich_visit())], "device-1", "agency-a", KEY)
    page = empty_web.client("auditor").get(f"/visits/{visit}").text
    assert "<script>" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(2)" in page
    assert "not-in-the-catalogue" in page


def test_every_answer_carries_the_headers_that_forbid_the_rest(web: Web) -> None:
    client = web.client("auditor")
    addresses = [
        "/",
        "/login",
        "/nothing",
        "/?cursor=x",
        "/healthz",
        "/metrics",
        "/static/carewitness.css",
        "/api/v1/visits",
    ]
    for address in addresses:
        headers = client.get(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        # A program may keep what it asked the API for, and asks again before it uses it.
        kept = "private, no-cache" if address.startswith("/api/v1/visits") else "no-store"
        assert headers["cache-control"] == kept or address.startswith("/static/")


def test_pages_need_no_inline_script_or_style_and_nothing_from_elsewhere(web: Web) -> None:
    client = web.client("auditor")
    pages = [
        "/",
        "/?band=all",
        "/rules",
        "/login",
        "/caregivers/caregiver-1",
        *(f"/visits/{web.visits[kind]}" for kind in ("rich", "proxy")),
    ]
    for path in pages:
        text = client.get(path).text
        ours = r"<script(?! src=\"/static/(?:desk|unsent)\.js\" defer></script>)"
        assert not re.search(rf"{ours}|<style|\sstyle=|\son\w+=", text), path
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text), path


def test_page_that_breaks_tells_nothing_of_the_inside(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("the secret inside")

    monkeypatch.setattr("ingest_server.web.pages_queue.visits_page", broken)
    with capture_logs() as logged:
        answer = web.client("auditor").get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert isinstance(logged[-1]["exc_info"], ZeroDivisionError)
    assert "content-security-policy" in answer.headers


TEXT, DRAWN = (
    ("ink", "soft", "teal", "against", "amber", "link"),
    ("teal-fill", "against-fill", "grey-fill", "hatch", "focus"),
)
SCHEMES = ["light", "dark"]


def colours(scheme: str) -> dict[str, str]:
    sheet = files("ingest_server.web").joinpath("static/carewitness.css").read_text("utf-8")
    light, dark = (dict(re.findall(r"--([a-z-]+): #([0-9a-f]{6});", block)) for block in sheet.split(":root {")[1:3])
    return light if scheme == "light" else light | dark


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", ["ground", "panel"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_contrast_is_aa_for_text_and_for_what_is_drawn(scheme: str, ground: str) -> None:
    palette = colours(scheme)
    for name in TEXT + DRAWN:
        low, high = sorted((luminance(palette[name]), luminance(palette[ground])))
        assert (high + 0.05) / (low + 0.05) >= (4.5 if name in TEXT else 3.0), (scheme, name)


@pytest.mark.parametrize(
    ("address", "name"), [("/?band=guilty", "band"), ("/cases?state=lost", "state"), ("/cases/new?record=x", "record")]
)
def test_refusal_names_what_of_an_address_was_wrong_and_no_type_of_ours(web: Web, address: str, name: str) -> None:
    answer = web.client("supervisor-a").get(address)
    assert answer.status_code == 400
    assert f"参数有误：{name}。" in answer.text


def test_weights_are_read_aloud_in_the_readers_language(web: Web) -> None:
    page = web.client("supervisor-a").get(f"/visits/{web.visits['empty_order']}").text
    told = re.findall(r'<svg class="weight" role="img" aria-label="([^"]+)"', page)
    assert told
    assert all(re.fullmatch(r"(\S+) 分班 \1 decibans", one) for one in told)


def test_scripts_that_meet_on_a_page_share_no_name() -> None:
    folder = Path(str(files("ingest_server.web").joinpath("static")))
    names = Counter(
        name
        for script in folder.glob("*.js")
        for name in re.findall(r"^(?:const|let|(?:async )?function) (\w+)", script.read_text(), re.MULTILINE)
    )
    # Told twice, a name stops the second script, and what it is there for.
    assert [name for name, told in names.items() if told > 1] == []
