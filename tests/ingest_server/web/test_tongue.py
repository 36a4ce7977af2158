"""The language of the screens: chosen in the corner, kept, and of every text of every page."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from ingest_server.scoring.verdict import Band
from ingest_server.web.language import COOKIE
from ingest_server.web.tongue import Tongue, length_words
from ingest_server.words.bilingual import Words
from tests.ingest_server.web.conftest import ORIGIN, Web
from tests.ingest_server.web.test_access import filled_in, guarded

CHINESE = re.compile(r"[\u3400-\u9fff]")
OWN_NAMES = {"双语", "中文"}


class Texts(HTMLParser):
    """Every text of a page, and every label and title that a reader meets."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data.strip())

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"aria-label", "title", "placeholder"}]


def texts(page: str) -> list[str]:
    parser = Texts()
    parser.feed(page)
    return [text for text in parser.found if text]


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (0, "0秒", "0 sec"),
        (45, "45秒", "45 sec"),
        (60, "1分钟", "1 min"),
        (500, "8分钟 20秒", "8 min 20 sec"),
        (3900, "1小时 5分钟", "1 hr 5 min"),
        (90_000, "25小时", "25 hr"),
        (180_000, "2天 2小时", "2 days 2 hr"),
    ],
)
def test_lengths_are_told_in_two_units(seconds: float, chinese: str, english: str) -> None:
    assert Tongue.BOTH.length(seconds) == Tongue.CHINESE.length(seconds) == chinese
    assert Tongue.ENGLISH.length(seconds) == english


def test_money_is_written_in_yuan() -> None:
    told = [Tongue.BOTH.yuan(fen) for fen in (0, 5, 6500, 123_456_789)]
    assert told == ["¥0.00", "¥0.05", "¥65.00", "¥1,234,567.89"]
    assert Tongue.ENGLISH.yuan(6500) == "CN¥65.00"


def test_both_languages_stand_side_by_side_and_one_stands_alone() -> None:
    assert Tongue.BOTH.said(Words("甲", "a")) == '<span class="zh">甲</span> <span class="en" lang="en">a</span>'
    assert Tongue.CHINESE.said(Words("甲", "a")) == "甲"
    assert Tongue.ENGLISH.said(Band.HOLD) == "look first"
    assert Tongue.BOTH.label(Words("甲", "a")) == "甲 a"


def test_value_of_two_languages_takes_that_of_the_text_around_it() -> None:
    told = Tongue.BOTH.say("重叠 {length}", "overlaps by {length}", length=length_words(3600))
    assert told == '<span class="zh">重叠 1小时</span> <span class="en" lang="en">overlaps by 1 hr</span>'


def test_values_within_a_text_are_escaped() -> None:
    assert Tongue.ENGLISH.say("{who}", "by {who}", who="<b>") == "by &lt;b&gt;"


def read_in(web: Web, tongue: str, name: str = "auditor") -> TestClient:
    """A browser of somebody who chose a language."""
    browser = web.browser(name)
    answer = browser.post("/language", data={"to": tongue, "next": "/cases?state=closed"}, headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases?state=closed")
    return browser


def pages(web: Web, browser: TestClient) -> Iterator[tuple[str, str]]:
    """Every page that the app serves to somebody, with its path; the login and a refusal too."""
    paths = [filled_in(path, web, "agency-a") for method, path in guarded(web) if method == "GET"]
    for path in [*paths, "/?band=all&work=all", "/?caregiver=nobody", "/cases?state=closed", "/login", "/nowhere"]:
        answer = browser.get(path)
        if answer.headers.get("content-type", "").startswith("text/html"):
            yield path, answer.text


def is_a_part(page: str) -> bool:
    """Whether it is what a script puts into a page that says itself which language it is in."""
    return page.lstrip().startswith("<section")


READERS = ["auditor", "administrator"]


@pytest.mark.parametrize("name", READERS)
def test_whoever_reads_english_meets_no_chinese(web: Web, name: str) -> None:
    for path, page in pages(web, read_in(web, "en", name)):
        chinese = [text for text in texts(page) if CHINESE.search(text) and text not in OWN_NAMES]
        assert (path, chinese) == (path, [])
        assert is_a_part(page) or '<html lang="en">' in page


@pytest.mark.parametrize("name", READERS)
def test_whoever_reads_chinese_meets_nothing_said_in_english_beside_it(web: Web, name: str) -> None:
    for path, page in pages(web, read_in(web, "zh", name)):
        assert (path, re.findall(r'<span class="en"[^>]*>[^<]*', page)) == (path, [])
        assert is_a_part(page) or '<html lang="zh-CN">' in page


def test_both_are_shown_to_whoever_chose_nothing_or_something_we_do_not_speak(web: Web) -> None:
    browser = web.browser("auditor")
    assert 'lang="en"' in browser.get("/").text
    browser.cookies.set(COOKIE, "tlh")
    assert 'lang="en"' in browser.get("/").text


def test_language_leads_to_no_other_site_and_is_one_of_ours(web: Web) -> None:
    client = web.client()
    away = client.post("/language", data={"to": "en", "next": "//elsewhere.example"}, headers={"Origin": ORIGIN})
    assert away.headers["location"] == "/"
    assert client.post("/language", data={"to": "tlh"}, headers={"Origin": ORIGIN}).status_code == 400


def test_answer_to_a_form_offers_no_switch_that_would_lose_what_was_typed(web: Web) -> None:
    typed = {"name": "auditor", "password": "wrong"}
    assert "/language" in web.client().get("/login").text
    assert "/language" not in web.client().post("/login", data=typed, headers={"Origin": ORIGIN}).text
