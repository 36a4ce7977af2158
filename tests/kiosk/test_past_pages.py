"""The pages of past visits, over a desk without a device: what is shown to whom, and that nothing typed is lost."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient
from msgspec.structs import replace

from edge_agent.desk.asks import Contest, LookAway, LookBack, ReadOn
from edge_agent.desk.looking_back import READ_FOR_S
from edge_agent.desk.past_view import PastView
from edge_agent.errors import DeskError, Refusal
from edge_agent.evidence.face_consensus import Recognition
from edge_agent.kiosk.screens import TYPED_FOR_S
from edge_agent.kiosk.words import words_of
from edge_agent.past_visit import PastLook, PastRoom, PastVisit
from edge_agent.past_visits import Delivery, KeptVisit
from tests.kiosk.fake import OPENED, PAST_VISIT, SAID, SHUT, FakeDesk
from tests.kiosk.test_screen import HAN, NAMES, PEOPLE, labels_of, text_of
from visit_record.record import Coverage
from visit_record.vocabulary import (
    CheckMoment,
    ContestReason,
    IdentityMethod,
    LivenessMethod,
    Modality,
    NotObservedReason,
)

ONE = f"/past/{PAST_VISIT}"
BARE = f"{ONE[:-1]}2"
WORDS = '  我十点半才走 <b>"really"</b>\n\nI did.'


@pytest.fixture
def reader(desk: FakeDesk) -> FakeDesk:
    desk.looking_back = OPENED
    return desk


def typed(html: str) -> str:
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", html, re.S)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize("path", ["/past", ONE, BARE, f"{ONE}/contest"])
@pytest.mark.usefixtures("reader")
def test_each_page_is_wholly_in_the_language_that_was_chosen(screen: TestClient, path: str) -> None:
    assert HAN.search(text_of(screen.get(path).text))
    screen.cookies.set("carewitness-language", "en")
    english = screen.get(path)
    assert english.status_code == 200
    assert not HAN.search(NAMES.sub("", text_of(english.text) + labels_of(english.text)))


@pytest.mark.parametrize(
    ("book", "path"),
    [
        (OPENED, "/past"),
        (OPENED, ONE),
        (OPENED, f"{ONE}/contest"),
        (SHUT, "/past"),
        (SHUT, "/past?caregiver=caregiver-2"),
    ],
)
def test_every_name_stands_apart_from_what_is_beside_it(
    desk: FakeDesk, screen: TestClient, book: PastView, path: str
) -> None:
    desk.looking_back = book
    page = screen.get(path).text
    assert PEOPLE.search(page)
    assert PEOPLE.findall(page) == re.findall(f"<bdi>({PEOPLE.pattern})</bdi>", page)


def test_who_is_asked_for_a_pin_beside_a_note_stands_apart_too(desk: FakeDesk, screen: TestClient) -> None:
    desk.refuses = DeskError(Refusal.SHOW_WHO)
    page = screen.post(f"{ONE}/contest", data={"reason": "time"}).text
    assert len(PEOPLE.findall(page)) == page.count("<bdi>") == len(SHUT.doors)


@pytest.mark.usefixtures("reader")
def test_a_visit_says_what_was_seen_and_what_was_not(screen: TestClient) -> None:
    page = text_of(screen.get(ONE).text)
    for said in (
        "16 号 等待发送",
        "离家 12 米",
        "收不到卫星",
        "水声 10 分钟",
        "最多 2 人",
        "已认出本人",
        "摄像头被遮挡",
        "未获同意",
        "It was dark.",
    ):
        assert said in re.sub(r"\s+", " ", page), said


def of_one(said: PastVisit) -> PastView:
    return replace(OPENED, visits=(KeptVisit(said, Delivery.LOST, ()),))


def test_what_is_neither_here_nor_received_is_not_said_to_have_arrived(desk: FakeDesk, screen: TestClient) -> None:
    desk.looking_back = of_one(SAID)
    for path in ("/past", ONE):
        page = screen.get(path).text
        assert "丢失" in page
        assert "已收到" not in page
    desk.looking_back = replace(OPENED, visits=OPENED.visits[1:])
    assert "✓ 已收到" in text_of(screen.get("/past").text)


@pytest.mark.parametrize("method", LivenessMethod)
def test_only_what_was_asked_for_is_said_not_to_have_been_seen(
    desk: FakeDesk, screen: TestClient, method: LivenessMethod
) -> None:
    desk.looking_back = of_one(replace(SAID, looks=(replace(SAID.looks[1], against=method),)))
    page = screen.get(ONE).text
    assert words_of(method).zh in page
    assert ("没看到提示的动作" in page) is (method is LivenessMethod.CHALLENGE)


NOBODYS_FACE = {
    "consent withheld": (),
    "another face": (replace(SAID.looks[0], recognition=Recognition.OTHER),),
    "at check-out alone": (replace(SAID.looks[0], moment=CheckMoment.CHECK_OUT),),
}


def way_in(screen: TestClient) -> str:
    found = re.search("<dt>签到方式</dt><dd>([^<]*)</dd>", screen.get(ONE).text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("looks", NOBODYS_FACE.values(), ids=NOBODYS_FACE)
def test_a_face_that_recognised_nobody_at_check_in_is_not_said_to_have_let_anybody_in(
    desk: FakeDesk, screen: TestClient, looks: tuple[PastLook, ...]
) -> None:
    desk.looking_back = of_one(replace(SAID, looks=looks))
    assert way_in(screen) == "签到时未用人脸等方式确认"
    desk.looking_back = of_one(replace(SAID, looks=looks, checked_in_by=IdentityMethod.PIN))
    assert way_in(screen) == "密码"
    desk.looking_back = of_one(replace(SAID, looks=(*looks, SAID.looks[0])))
    assert way_in(screen) == "人脸"


def test_what_the_array_could_not_tell_is_said_so(desk: FakeDesk, screen: TestClient) -> None:
    desk.looking_back = of_one(replace(SAID, room=PastRoom(1, None, None, 0.0)))
    page = re.sub(r"\s+", " ", text_of(screen.get(ONE).text))
    assert "床上有人 看不出来 · 护理员在床边 看不出来 · 两人靠近 0 分钟" in page


def test_who_has_shown_nothing_sees_nobodys_visits(desk: FakeDesk, screen: TestClient) -> None:
    page = screen.get("/past").text
    assert re.findall(r'href="/past\?caregiver=([^"]+)"', page) == ["caregiver-1", "caregiver-2"]
    assert 'name="code"' not in page
    door = screen.get("/past?caregiver=caregiver-2").text
    assert 'name="code"' in door
    assert "老人乙" not in page + door
    for path in (ONE, f"{ONE}/contest"):
        answer = screen.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/past")
    assert desk.asked == []


def test_a_pin_opens_and_a_wrong_one_says_so(desk: FakeDesk, screen: TestClient) -> None:
    answer = screen.post("/past", data={"caregiver": "caregiver-2", "code": " 4711 "})
    assert (answer.headers["location"], desk.asked) == ("/past", [LookBack("caregiver-2", "4711")])
    desk.refuses = DeskError(Refusal.WRONG_PIN)
    answer = screen.post("/past", data={"caregiver": "caregiver-2", "code": "1"})
    assert answer.status_code == 409
    assert words_of(Refusal.WRONG_PIN).zh in answer.text
    assert 'name="caregiver" value="caregiver-2"' in answer.text


def test_who_is_the_only_one_with_a_pin_is_asked_for_it_at_once(desk: FakeDesk, screen: TestClient) -> None:
    desk.looking_back = replace(SHUT, doors=SHUT.doors[:1])
    for path in ("/past", "/past?caregiver=nobody"):
        assert 'name="caregiver" value="caregiver-1"' in screen.get(path).text


def test_the_other_language_has_what_was_typed_and_says_nothing_yet(reader: FakeDesk, screen: TestClient) -> None:
    typed = {"reason": "time", "text": WORDS, "to": "en"}
    answer = screen.post(f"{ONE}/contest", data=typed)
    assert (answer.status_code, reader.asked) == (200, [])
    assert '<html lang="en">' in answer.text
    assert unescape(answer.text).count(WORDS) == 1
    assert 'id="reason-time" required checked' in answer.text
    assert '<html lang="en">' in screen.get("/past").text


def goes_after_s(html: str) -> int | None:
    found = re.search(r'<meta http-equiv="refresh" content="(\d+);url=/past">', html)
    return int(found[1]) if found else None


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("path", ["/past", ONE])
def test_what_somebody_left_open_goes_when_the_desk_has_forgotten_them(screen: TestClient, path: str) -> None:
    after_s = goes_after_s(screen.get(path).text)
    assert after_s is not None
    assert READ_FOR_S < after_s < READ_FOR_S + 5


def test_a_form_that_was_left_goes_too_and_the_door_stays(desk: FakeDesk, screen: TestClient) -> None:
    assert goes_after_s(screen.get("/past").text) is None
    desk.refuses = DeskError(Refusal.SHOW_WHO)
    closed = screen.post(f"{ONE}/contest", data={"reason": "time", "text": WORDS})
    desk.looking_back = OPENED
    for form in (closed.text, screen.get(f"{ONE}/contest").text):
        assert f'<meta name="untouched" content="{TYPED_FOR_S}" data-reads>' in form, "who writes reads on"


def test_that_somebody_still_reads_is_one_ask(reader: FakeDesk, screen: TestClient) -> None:
    assert (screen.post("/past/reading").status_code, reader.asked) == (204, [ReadOn()])


def test_the_book_is_closed_by_one_touch(reader: FakeDesk, screen: TestClient) -> None:
    assert screen.post("/past/done").headers["location"] == "/orders"
    assert reader.asked == [LookAway()]


def test_a_note_is_one_ask_and_leads_back_to_the_visit(reader: FakeDesk, screen: TestClient) -> None:
    answer = screen.post(f"{ONE}/contest", data={"reason": "time", "text": WORDS})
    assert (answer.status_code, answer.headers["location"]) == (303, ONE)
    assert reader.asked == [Contest(PAST_VISIT, ContestReason.TIME, WORDS)]


@pytest.mark.parametrize("refusal", Refusal)
@pytest.mark.parametrize("book", [OPENED, SHUT], ids=["open", "closed meanwhile"])
def test_whatever_is_refused_what_was_typed_comes_back(
    desk: FakeDesk, screen: TestClient, refusal: Refusal, book: object
) -> None:
    desk.looking_back, desk.refuses = book, DeskError(refusal)  # type: ignore[assignment]
    answer = screen.post(f"{ONE}/contest", data={"reason": "time", "text": WORDS})
    assert answer.status_code == 409
    assert words_of(refusal).zh in answer.text
    assert typed(answer.text).replace("\r\n", "\n") == WORDS
    assert re.search(r'value="time" id="reason-time" required checked', answer.text)
    assert ('name="code"' in answer.text) is (book is SHUT)


def test_where_nothing_can_be_read_either_what_was_typed_comes_back(desk: FakeDesk, screen: TestClient) -> None:
    desk.refuses = desk.unreadable = DeskError(Refusal.NOT_NOW, "disk I/O error")
    answer = screen.post(f"{ONE}/contest", data={"reason": "time", "text": WORDS})
    assert (answer.status_code, typed(answer.text).replace("\r\n", "\n")) == (409, WORDS)
    assert screen.get("/past").status_code == 409


@pytest.mark.parametrize("reason", ["", "weather"])
def test_a_note_without_a_reason_is_asked_for_one(reader: FakeDesk, screen: TestClient, reason: str) -> None:
    answer = screen.post(f"{ONE}/contest", data={"reason": reason, "text": "late"})
    assert (answer.status_code, typed(answer.text), reader.asked) == (409, "late", [])


def test_who_was_away_too_long_shows_who_they_are_and_sends_in_one(desk: FakeDesk, screen: TestClient) -> None:
    fields = {"reason": "other", "text": "late", "caregiver": "caregiver-1", "code": "4711"}
    assert screen.post(f"{ONE}/contest", data=fields).headers["location"] == ONE
    assert desk.asked == [LookBack("caregiver-1", "4711"), Contest(PAST_VISIT, ContestReason.OTHER, "late")]


SENSES = {Modality.THERMAL: "没有看到", Modality.SOUND: "没有听到", Modality.FACE: "没有看"}


@pytest.mark.parametrize("modality", SENSES)
def test_a_sense_that_was_not_allowed_is_not_said_to_have_seen_or_heard_nothing(
    desk: FakeDesk, screen: TestClient, modality: Modality
) -> None:
    def shown(coverage: Coverage) -> str:
        said = replace(SAID, room=None, heard=(), looks=(), coverage=(coverage,))
        desk.looking_back = PastView(OPENED.reader, (KeptVisit(said, Delivery.WAITING, ()),), OPENED.names)
        return text_of(screen.get(ONE).text)

    others = sum(SENSES[modality] in nothing for nothing in SENSES.values())
    assert shown(Coverage(modality, 0.4, NotObservedReason.SENSOR_FAULT)).count(SENSES[modality]) == others
    page = shown(Coverage(modality, 0.0, NotObservedReason.CONSENT_WITHHELD))
    assert page.count(SENSES[modality]) == others - 1
    assert page.count("未获同意") == 2
