"""Every page of the screen, over a desk without a device: what is shown, what is asked, and what is refused."""

import hashlib
import re
from dataclasses import dataclass
from html import unescape
from itertools import cycle, islice

import msgspec
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from msgspec.structs import replace
from structlog.testing import capture_logs

from edge_agent.desk.asks import (
    Arrive,
    Ask,
    BeginItem,
    FinishItem,
    Leave,
    Pair,
    RefuseItem,
    ShowOtherwise,
    TakeBackItem,
    TryAgain,
    WithdrawConsent,
)
from edge_agent.desk.view import DeskView, SenseState
from edge_agent.errors import DeskError, Refusal
from edge_agent.kiosk.app import kiosk_app
from edge_agent.kiosk.consent_texts import TEXTS, VERSION
from edge_agent.kiosk.safety import CONTENT_SECURITY_POLICY
from edge_agent.kiosk.screens import REGIONS, SEALED_SHOWN_MS, Screen, live, screen_of
from edge_agent.kiosk.tongue import Tongue, stopwatch
from edge_agent.kiosk.words import words_of
from edge_agent.perception.movements import Step
from edge_agent.visit_state import VisitState
from tests.desk.room import ZONE, arrive
from tests.kiosk.conftest import ADDRESS
from tests.kiosk.fake import IDLE, NOW_MS, SEALED, SENSES, VIEWS, FakeDesk, at
from visit_record.fitted import FAULTS, Fault
from visit_record.record import Consent
from visit_record.vocabulary import IdentityMethod, Modality, ServiceRefusalReason

OURS = {"Origin": ADDRESS}
HAN = re.compile(r"[\u4e00-\u9fff]")
# The names of people and of the language itself stand in every language.
PEOPLE = re.compile("护理员甲|护理员丙|老人乙")
NAMES = re.compile(f"{PEOPLE.pattern}|中文")
WHOM = {"caregiver": "caregiver-1", "recipient": "recipient-1"}
BESIDE = ["/orders", "/consent/order-1", "/refuse/oral_care", "/slip/feeding", "/other-way", "/consents", "/leave"]


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


def labels_of(html: str) -> str:
    return " ".join(re.findall(r'(?:aria-label|title|alt)="([^"]*)"', html))


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_is_wholly_in_the_language_that_was_chosen(desk: FakeDesk, screen: TestClient, name: str) -> None:
    desk.shown = VIEWS[name]
    for path in ["/", *(BESIDE if desk.shown.visit else BESIDE[:2] if desk.shown.orders else [])]:
        chinese = screen.get(path)
        assert chinese.status_code == 200, path
        assert HAN.search(text_of(chinese.text)), path
        screen.cookies.set("carewitness-language", "en")
        english = screen.get(path)
        said = NAMES.sub("", text_of(english.text) + labels_of(english.text))
        assert not HAN.search(said), path
        assert '<html lang="en">' in english.text
        screen.cookies.clear()


@pytest.mark.parametrize("name", VIEWS)
def test_every_name_stands_apart_from_what_is_beside_it(desk: FakeDesk, screen: TestClient, name: str) -> None:
    desk.shown = VIEWS[name]
    for path in ["/", *(BESIDE[:2] if desk.shown.orders else [])]:
        page = screen.get(path).text
        assert PEOPLE.findall(page) == re.findall(f"<bdi>({PEOPLE.pattern})</bdi>", page), path


def test_who_was_recognised_reads_so_once_the_camera_is_closed(desk: FakeDesk, screen: TestClient) -> None:
    desk.shown = VIEWS["recognised, and the camera closed"]
    page = screen.get("/").text
    assert "签到时已认出本人，摄像头已关闭" in page
    assert 'href="/other-way"' not in page
    desk.shown = VIEWS["no camera"]
    assert "已认出" not in screen.get("/").text


def test_the_strip_says_what_is_wrong_with_a_sensor_in_the_words_of_every_other_screen(
    desk: FakeDesk, screen: TestClient
) -> None:
    desk.shown = VIEWS["a covered lens"]
    said = text_of(screen.get("/").text)
    assert FAULTS[Fault.BLACK].zh in said
    assert FAULTS[Fault.BROKEN].zh in said
    assert "没有人脸" not in said, "a covered camera says nothing of faces"


@pytest.mark.parametrize("name", VIEWS)
def test_the_page_is_that_of_how_things_stand(desk: FakeDesk, screen: TestClient, name: str) -> None:
    desk.shown = VIEWS[name]
    page = screen.get("/").text
    assert f'data-screen="{screen_of(desk.shown)}" data-follows' in page
    for region in REGIONS[screen_of(desk.shown)]:
        assert f'data-region="{region}"' in page


@pytest.mark.parametrize(
    ("language", "says"), [("zh", "时钟还没有对准"), ("en", "The clock is not set, so it is not known what today is")]
)
def test_where_the_clock_is_not_set_it_is_said_and_every_order_has_its_date(
    desk: FakeDesk, screen: TestClient, language: str, says: str
) -> None:
    screen.cookies.set("carewitness-language", language)
    for path in ("/orders", "/consent/order-1"):
        assert "2026-01-05" not in screen.get(path).text, "the day goes without saying where it is known"
    desk.shown = VIEWS["a clock that is not set"]
    orders = text_of(screen.get("/").text)
    assert says in orders
    assert orders.count("2026-01-05") == len(desk.shown.orders)
    assert "2026-01-05" in text_of(screen.get("/consent/order-1").text)
    desk.shown = VIEWS["no orders and a clock that is not set"]
    assert not re.search("今天没有|for today", screen.get("/").text), "what today is, nobody knows"


@pytest.mark.parametrize("name", ["turned away", "turned away after a colleague"])
def test_who_was_turned_away_reads_why_and_sees_it_go(name: str) -> None:
    def told(view: DeskView) -> bool:
        regions = live(view, Tongue.CHINESE, ZONE, screen_of(view)).regions.values()
        return any(words_of(Refusal.UNKNOWN_ORDER).zh in region for region in regions)

    assert told(VIEWS[name])
    assert not told(replace(VIEWS[name], turned_away=None))


def test_the_switch_changes_the_language_and_comes_back(screen: TestClient) -> None:
    answer = screen.post("/language", data={"to": "en"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Orders of today" in screen.get("/").text


@pytest.mark.parametrize("path", [*BESIDE[:1], *BESIDE[2:], "/other-way/pin", "/past?caregiver=caregiver-2"])
def test_the_other_language_is_had_on_the_same_page(desk: FakeDesk, screen: TestClient, path: str) -> None:
    desk.shown = VIEWS["not recognised"]
    (at,) = re.findall(r'name="at" value="([^"]*)"', screen.get(path).text)
    answer = screen.post("/language", data={"to": "en", "at": unescape(at)})
    assert answer.headers["location"] == path


def test_the_other_language_of_what_was_refused_is_had_where_it_can_be_asked_for(
    desk: FakeDesk, screen: TestClient
) -> None:
    desk.shown, desk.refuses = VIEWS["not recognised"], DeskError(Refusal.WRONG_PIN)
    assert 'name="at" value="/"' in screen.post("/leave").text
    wrong = screen.post("/other-way", data={"method": "pin", "code": "1"})
    assert 'name="at" value="/other-way/pin"' in wrong.text
    wrong = screen.post("/past", data={"caregiver": "caregiver-2", "code": "1"})
    assert 'name="at" value="/past?caregiver=caregiver-2"' in wrong.text


@pytest.mark.parametrize("at", ["//evil.example", "https://evil.example", "", "evil"])
def test_the_switch_leads_to_no_other_site(screen: TestClient, at: str) -> None:
    location = screen.post("/language", data={"to": "en", "at": at}).headers.get("location", "/")
    assert location == "/"


@pytest.mark.parametrize("way", ["face", "voice", "nonsense"])
def test_a_way_that_there_is_not_leads_back(desk: FakeDesk, screen: TestClient, way: str) -> None:
    desk.shown = at(VisitState.IN_VISIT, ways=(IdentityMethod.PIN,))
    answer = screen.get(f"/other-way/{way}")
    assert answer.headers.get("location") == "/" or answer.status_code == 422


def test_the_only_way_is_asked_for_at_once_and_of_several_one_is_chosen(desk: FakeDesk, screen: TestClient) -> None:
    desk.shown = at(VisitState.IN_VISIT, ways=(IdentityMethod.PIN,))
    assert 'id="code-pin"' in screen.get("/other-way").text
    desk.shown = VIEWS["not recognised"]
    ways = re.findall(r'href="(/other-way/\w+)"', screen.get("/other-way").text)
    assert ways == ["/other-way/voice", "/other-way/pin", "/other-way/supervisor_code"]
    for way in ways:
        assert f'name="method" value="{way.rpartition("/")[2]}"' in screen.get(way).text


def test_what_is_allowed_is_asked_for_by_sense_with_the_version_of_the_text(desk: FakeDesk, screen: TestClient) -> None:
    page = screen.get("/consent/order-1").text
    assert all(words.zh in page for words in TEXTS.values())
    screen.post("/arrive/order-1", data=WHOM | {"face": "yes", "sound": "no"})
    consents = (Consent(Modality.FACE, True, VERSION), Consent(Modality.SOUND, False, VERSION))
    assert desk.asked == [arrive("order-1", consents)]


def test_a_text_that_changed_has_another_version() -> None:
    """What a record names must be what was read: whoever changes a text gives it a version, and both stand here."""
    said = "\n".join(f"{sense}: {words.zh} {words.en}" for sense, words in TEXTS.items())
    assert (VERSION, hashlib.sha256(said.encode()).hexdigest()[:16]) == ("2026-2", "be3f43f73ea58916")


@pytest.mark.parametrize(("answer", "granted"), [("yes", True), ("no", False)])
def test_all_can_be_allowed_or_withheld_by_one_touch(
    desk: FakeDesk, screen: TestClient, answer: str, granted: bool
) -> None:
    screen.post("/arrive/order-1", data=WHOM | {"all": answer})
    assert desk.asked == [arrive("order-1", tuple(Consent(sense, granted, VERSION) for sense in Modality))]


@pytest.mark.parametrize(
    ("fields", "allowed"),
    [
        ({"all": "yes", "face": "no"}, {one: one is not Modality.FACE for one in Modality}),
        ({"all": "yes"} | dict.fromkeys(Modality, "no"), dict.fromkeys(Modality, False)),
        ({"all": "no", "sound": "yes"}, dict.fromkeys(Modality, False)),
        ({}, {}),
    ],
)
def test_what_was_withheld_is_never_overridden_and_what_is_not_clear_is_asked_once_more(
    desk: FakeDesk, screen: TestClient, fields: dict[str, str], allowed: dict[Modality, bool]
) -> None:
    answer = screen.post("/arrive/order-1", data=fields)
    assert (answer.status_code, desk.asked) == (409, [])
    assert words_of(Refusal.ANSWERS_DIFFER if allowed else Refusal.CHOOSE_FIRST).zh in answer.text
    shown = re.findall(r'name="(\w+)" value="(yes|no)" checked', answer.text)
    assert shown == [(sense.value, "yes" if is_allowed else "no") for sense, is_allowed in allowed.items()]
    if shown:
        screen.post("/arrive/order-1", data=WHOM | dict(shown))
        assert desk.asked == [arrive("order-1", tuple(Consent(*one, VERSION) for one in allowed.items()))]


def test_the_other_language_of_consent_keeps_every_answer_and_what_was_said_of_them(
    desk: FakeDesk, screen: TestClient
) -> None:
    first = screen.post("/arrive/order-1", data=WHOM | {"to": "en", "face": "no"})
    assert (first.status_code, desk.asked) == (200, [])
    assert re.findall(r'name="(\w+)" value="(yes|no)" checked', first.text) == [("face", "no")]
    asked_once_more = screen.post("/arrive/order-1", data=WHOM | {"all": "yes", "face": "no"})
    fields = dict(re.findall(r'name="(\w+)" value="(\w+)" checked', asked_once_more.text))
    (doubt,) = re.findall(r'name="doubt" value="(\w+)"', asked_once_more.text)
    other = screen.post("/arrive/order-1", data=WHOM | fields | {"doubt": doubt, "to": "zh"})
    assert words_of(Refusal.ANSWERS_DIFFER).zh in other.text
    assert dict(re.findall(r'name="(\w+)" value="(\w+)" checked', other.text)) == fields
    assert '<button class="main" id="as-chosen">' in other.text
    assert desk.asked == []


def test_consent_names_whom_it_was_asked_of(desk: FakeDesk, screen: TestClient) -> None:
    page = screen.get("/consent/order-2").text
    assert dict(re.findall(r'type="hidden" name="(caregiver|recipient)" value="([^"]+)"', page)) == WHOM | {
        "caregiver": "caregiver-2"
    }
    screen.post("/arrive/order-2", data=WHOM | {"all": "yes"})
    (ask,) = desk.asked
    assert isinstance(ask, Arrive)
    assert ask.asked == Pair("caregiver-1", "recipient-1"), "whom the page had asked, not whom the order has now"


def test_consent_at_a_hand_over_says_whom_it_checks_out(desk: FakeDesk, screen: TestClient) -> None:
    said = "<bdi>护理员甲</bdi>正在服务，接班签到时同时签退"
    assert said not in screen.get("/consent/order-2").text
    desk.shown = VIEWS["recognised"]
    assert said in screen.get("/consent/order-2").text


def test_an_order_that_the_screen_does_not_show_cannot_be_checked_in_to(desk: FakeDesk, screen: TestClient) -> None:
    for answer in (screen.get("/consent/tomorrow"), screen.post("/arrive/tomorrow", data={"all": "yes"})):
        assert answer.status_code == 409
        assert words_of(Refusal.UNKNOWN_ORDER).zh in answer.text
    assert desk.asked == []


@pytest.mark.parametrize("refusal", [Refusal.UNKNOWN_ORDER, Refusal.OTHERS_ORDER])
def test_whom_an_order_is_refused_to_is_shown_the_orders(desk: FakeDesk, screen: TestClient, refusal: Refusal) -> None:
    desk.shown, desk.refuses = VIEWS["sealed"], DeskError(refusal)
    answer = screen.post("/arrive/order-1", data=WHOM | {"all": "yes"})
    assert words_of(refusal).zh in answer.text
    assert 'href="/consent/order-2"' in answer.text


@pytest.mark.parametrize("name", ["sealed", "received", "not recognised", "opening"])
def test_who_is_to_choose_another_order_is_shown_the_orders(desk: FakeDesk, screen: TestClient, name: str) -> None:
    desk.shown = VIEWS[name]
    answer = screen.get("/consent/tomorrow")
    assert words_of(Refusal.UNKNOWN_ORDER).zh in answer.text
    assert 'href="/consent/order-2"' in answer.text
    assert "data-follows" not in answer.text, "it would lead away before anybody has chosen"
    assert 'name="at" value="/orders"' in answer.text


FORMS: dict[str, tuple[dict[str, str], Ask]] = {
    "/items/feeding/begin": ({}, BeginItem("feeding")),
    "/items/feeding/finish": ({}, FinishItem("feeding")),
    "/items/feeding/slip": ({}, TakeBackItem("feeding")),
    "/items/feeding/refuse": ({"reason": "no_supplies"}, RefuseItem("feeding", ServiceRefusalReason.NO_SUPPLIES)),
    "/again": ({}, TryAgain()),
    "/other-way": ({"method": "pin", "code": " 4711 "}, ShowOtherwise(IdentityMethod.PIN, "4711")),
    "/consents/withdraw": ({"sense": "thermal"}, WithdrawConsent(Modality.THERMAL)),
    "/leave": ({}, Leave()),
}


def test_each_item_offers_what_can_be_done_with_it_as_it_stands(desk: FakeDesk, screen: TestClient) -> None:
    desk.shown = VIEWS["not recognised"]
    ways = re.findall(r'(?:action|href)="(/(?:items|refuse|slip)/[^"]*)"', screen.get("/").text)
    assert ways == [
        *("/items/feeding/finish", "/slip/feeding"),
        *("/items/oral_care/begin", "/refuse/oral_care"),
        "/items/medication/begin",
        *("/items/bathing/begin", "/refuse/bathing"),
    ]
    assert 'action="/items/bathing/refuse"' in screen.get("/refuse/bathing").text
    assert 'action="/items/feeding/slip"' in screen.get("/slip/feeding").text


@pytest.mark.parametrize("item", ["oral_care", "medication", "bathing", "nonsense"])
def test_of_what_is_not_under_way_no_slip_is_asked_about(desk: FakeDesk, screen: TestClient, item: str) -> None:
    desk.shown = VIEWS["not recognised"]
    answer = screen.get(f"/slip/{item}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize("path", FORMS)
def test_each_form_is_one_ask_and_leads_back(desk: FakeDesk, screen: TestClient, path: str) -> None:
    fields, ask = FORMS[path]
    answer = screen.post(path, data=fields)
    assert (answer.status_code, answer.headers["location"], desk.asked) == (303, "/", [ask])


def test_all_that_is_used_can_be_closed_by_one_touch(desk: FakeDesk, screen: TestClient) -> None:
    desk.shown = VIEWS["not recognised"]
    page = screen.get("/consents").text
    assert re.findall(r'id="withdraw-(\w+)"', page) == ["all", "face", "voice", "sound", "thermal"]
    screen.post("/consents/withdraw", data={"sense": "all"})
    used = (Modality.FACE, Modality.VOICE, Modality.SOUND, Modality.THERMAL)
    assert desk.asked == [WithdrawConsent(sense) for sense in used]


@dataclass
class KeepingDesk(FakeDesk):
    """Refuses to close the face; ``loses`` it in that moment, or uses it still."""

    loses: bool = False

    def ask(self, ask: Ask) -> None:
        if ask != WithdrawConsent(Modality.FACE):
            return super().ask(ask)
        if self.loses:
            face, *others = SENSES
            self.shown = at(VisitState.IN_VISIT, senses=(replace(face, state=SenseState.LOST), *others))
        raise DeskError(Refusal.NOT_NOW)


@pytest.mark.parametrize("loses", [True, False])
def test_where_all_is_to_be_closed_a_sense_that_is_refused_keeps_no_other_open(loses: bool) -> None:
    desk = KeepingDesk(VIEWS["not recognised"], loses=loses)
    screen = TestClient(kiosk_app(desk, ZONE), base_url=ADDRESS, follow_redirects=False)
    answer = screen.post("/consents/withdraw", data={"sense": "all"}, headers=OURS)
    assert desk.asked == [WithdrawConsent(sense) for sense in (Modality.VOICE, Modality.SOUND, Modality.THERMAL)]
    if loses:
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), "what is lost is closed already"
    else:
        assert answer.status_code == 409
        assert words_of(Refusal.NOT_NOW).zh in answer.text
        assert 'id="withdraw-face"' in answer.text, "what is still used can be closed from here"
        assert 'name="at" value="/consents"' in answer.text


def test_a_device_that_goes_down_says_so_where_all_is_to_be_closed(desk: FakeDesk, screen: TestClient) -> None:
    desk.shown, desk.refuses = VIEWS["not recognised"], DeskError(Refusal.CLOSED)
    answer = screen.post("/consents/withdraw", data={"sense": "all"})
    assert answer.status_code == 409
    assert words_of(Refusal.CLOSED).zh in answer.text


def test_where_nothing_is_allowed_nothing_is_offered_to_be_closed_and_the_place_is_not_said_to_have_no_signal(
    desk: FakeDesk, screen: TestClient
) -> None:
    desk.shown = VIEWS["nothing allowed"]
    page = screen.get("/consents").text
    assert "没有可以收回的" in page
    assert "按下后立即关闭" not in page
    visit = " ".join(text_of(screen.get("/").text).split())
    assert "定位：未获同意" in visit
    assert "没有信号" not in visit


@pytest.mark.parametrize("path", ["/", *BESIDE[1:]])
def test_what_stands_at_the_head_of_a_line_or_on_a_button_begins_with_a_capital(
    desk: FakeDesk, screen: TestClient, path: str
) -> None:
    desk.shown = VIEWS["not recognised"]
    screen.cookies.set("carewitness-language", "en")
    heads = re.findall(r"<(?:h1|h2|button|legend|b|p)\b[^>]*>\s*([a-z][^<]*)", screen.get(path).text)
    assert heads == []


def test_the_way_in_is_said_once_on_the_page_of_a_visit(desk: FakeDesk, screen: TestClient) -> None:
    desk.shown = VIEWS["by PIN"]
    assert text_of(screen.get("/").text).count("密码") == 1


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("refusal", Refusal)
def test_what_is_refused_is_said_on_the_page(desk: FakeDesk, screen: TestClient, path: str, refusal: Refusal) -> None:
    desk.shown, desk.refuses = VIEWS["not recognised"], DeskError(refusal)
    answer = screen.post(path, data=FORMS[path][0])
    assert answer.status_code == 409
    assert words_of(refusal).zh in answer.text


@pytest.mark.parametrize(
    "path", ["/consent/nonsense", "/items/feeding/refuse", "/events/nowhere", "/language", "/other-way"]
)
def test_what_cannot_be_read_is_no_fault_of_ours(desk: FakeDesk, screen: TestClient, path: str) -> None:
    desk.shown = VIEWS["not recognised"]
    asked = screen.get if path.startswith(("/consent", "/events")) else screen.post
    assert asked(path).status_code in {409, 422}
    assert desk.asked == []


@pytest.mark.parametrize("path", ["/refuse/feeding", "/slip/feeding", "/other-way", "/consents", "/leave"])
def test_pages_of_a_visit_lead_home_where_there_is_none(screen: TestClient, path: str) -> None:
    answer = screen.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_form_of_another_site_is_refused(desk: FakeDesk, screen: TestClient) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Origin": ""}, {"Sec-Fetch-Site": "cross-site", "Origin": ""}):
        assert screen.post("/leave", headers=headers).status_code == 403
    assert desk.asked == []


def test_a_name_that_was_bent_to_this_device_is_not_answered(screen: TestClient) -> None:
    assert screen.get("/", headers={"Host": "evil.example:8600"}).status_code == 403
    assert screen.get("/", headers={"Host": "localhost:8600"}).status_code == 200


class HastyDesk(FakeDesk):
    """Something happens between any two looks at it."""

    def view(self) -> DeskView:
        return next(self.stands)

    def begin(self, first: int) -> None:
        self.stands = islice(cycle(VIEWS.values()), first, None)


@pytest.mark.parametrize("first", range(len(VIEWS)))
def test_whatever_happens_while_all_is_closed_is_no_fault(first: int) -> None:
    desk = HastyDesk(refuses=DeskError(Refusal.NOT_NOW))
    desk.begin(first)
    screen = TestClient(kiosk_app(desk, ZONE), base_url=ADDRESS, follow_redirects=False)
    assert screen.post("/consents/withdraw", data={"sense": "all"}, headers=OURS).status_code < 500


@pytest.mark.parametrize("path", ["/", *BESIDE, "/past", *FORMS])
def test_whatever_happens_between_two_looks_a_page_is_made_from_one(path: str) -> None:
    desk = HastyDesk(refuses=DeskError(Refusal.NOT_NOW))
    screen = TestClient(kiosk_app(desk, ZONE), base_url=ADDRESS, follow_redirects=False)
    for first in range(len(VIEWS)):
        desk.begin(first)
        answer = screen.get(path) if path not in FORMS else screen.post(path, data=FORMS[path][0], headers=OURS)
        assert answer.status_code < 500, (path, list(VIEWS)[first])


class FailingDesk(FakeDesk):
    """Something is wrong with it that nobody foresaw."""

    def view(self) -> DeskView:
        raise RuntimeError("somebody's secret")


def test_what_fails_is_a_page_of_our_own_that_leads_back_and_is_told_without_values() -> None:
    screen = TestClient(kiosk_app(FailingDesk(), ZONE), base_url=ADDRESS, follow_redirects=False)
    with capture_logs() as log:
        answer = screen.get("/")
    leads_back_in_both_languages(answer, 500)
    assert [(line["event"], line["error"]) for line in log] == [("screen_failed", "RuntimeError")]
    assert log[0]["where"].startswith("test_screen.py:")
    assert "secret" not in str(log) + answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/static/nowhere.css", "/leave/nowhere", "/arrive/order-1"])
def test_an_address_that_leads_nowhere_leads_back(screen: TestClient, path: str) -> None:
    leads_back_in_both_languages(screen.get(path), 405 if path.startswith("/arrive") else 404)


def leads_back_in_both_languages(answer: Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert re.search(r'<meta http-equiv="refresh" content="5;url=/">', answer.text)
    assert HAN.search(answer.text)
    assert "Back" in answer.text


@pytest.mark.parametrize("path", ["/", "/static/kiosk.css", "/static/kiosk.js", "/static/icon.svg", "/nowhere"])
def test_every_answer_carries_the_policy_and_no_page_breaks_it(screen: TestClient, path: str) -> None:
    answer = screen.get(path)
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    if path == "/":
        assert not re.search(r"<script(?![^>]*\bsrc=)|\bon[a-z]+=|style=|https?://(?!www.w3.org)", answer.text)


def test_events_send_what_changed_and_which_page_is_due() -> None:
    now = live(VIEWS["looking"], Tongue.ENGLISH, ZONE, Screen.VISIT)
    assert set(now.regions) == set(REGIONS[Screen.VISIT])
    assert "Turn your head to your left" in now.regions["look"]
    assert "Too dark" in now.regions["look"]
    gone = live(IDLE, Tongue.ENGLISH, ZONE, Screen.VISIT)
    assert (gone.screen, gone.regions) == (Screen.ORDERS, {})


def test_a_stream_of_events_begins_with_every_part_and_ends_with_the_device(desk: FakeDesk, screen: TestClient) -> None:
    desk.closes = True
    answer = screen.get("/events/orders")
    assert answer.headers["content-type"].startswith("text/event-stream")
    (message,) = re.findall(r"^data: (.*)$", answer.text, re.M)
    assert set(msgspec.json.decode(message)["regions"]) == {"head", "orders"}


@pytest.mark.parametrize("step", [None, *Step])
def test_each_movement_is_asked_for_in_words_and_in_a_picture(step: Step | None) -> None:
    visit = VIEWS["looking"].visit
    assert visit is not None
    assert visit.look is not None
    look = msgspec.structs.replace(visit.look, step=step)
    view = msgspec.structs.replace(IDLE, visit=msgspec.structs.replace(visit, look=look))
    part = live(view, Tongue.CHINESE, ZONE, Screen.VISIT).regions["look"]
    assert '<svg class="picture"' in part
    assert (words_of(step).zh if step else "请看摄像头") in part


def test_what_was_sealed_leaves_the_screen_to_the_next_one() -> None:
    fresh = msgspec.structs.replace(IDLE, sealed=SEALED)
    stale = msgspec.structs.replace(IDLE, sealed=msgspec.structs.replace(SEALED, ago_ms=SEALED_SHOWN_MS))
    assert (screen_of(fresh), screen_of(stale)) == (Screen.SEALED, Screen.ORDERS)


def test_what_was_sealed_stays_though_the_clock_is_set_just_then() -> None:
    """After a power cut the clock begins where it was set last, and jumps when the network's time comes."""
    for step_ms in (86_400_000, -86_400_000):
        view = msgspec.structs.replace(IDLE, sealed=SEALED, now_ms=NOW_MS + step_ms)
        assert screen_of(view) is Screen.SEALED


def test_an_order_that_was_cut_short_asks_to_check_in_again(desk: FakeDesk, screen: TestClient) -> None:
    desk.shown = VIEWS["an order that was cut short"]
    page = screen.get("/").text
    assert "被中断（17 号），请再签到" in page
    assert 'href="/consent/order-1"' in page


def test_the_stopwatch_reads_as_one() -> None:
    assert [stopwatch(seconds) for seconds in (0, 65, 3729)] == ["0:00", "1:05", "1:02:09"]
