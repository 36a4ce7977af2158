"""Logging in: guessed passwords, forms of other sites, open redirects."""

import re

import pytest

from ingest_server.store.attempts import MOST_FAILURES, WINDOW_MS
from ingest_server.web.own_path import own_path
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.web.conftest import ORIGIN, PASSWORD, Web

HEADERS = {"Origin": ORIGIN}


@pytest.mark.parametrize("name", ["auditor", "nobody", "", "n" * 65, "audit\x00or", "' OR 1=1 --"])
def test_wrong_log_in_comes_back_with_the_name_typed_and_the_same_words(web: Web, name: str) -> None:
    answer = web.client().post("/login", data={"name": name, "password": "wrong"}, headers=HEADERS)
    assert answer.status_code == 401
    assert "用户名或密码不对" in answer.text
    assert "wrong</" not in answer.text.replace("is wrong.</span>", "")
    assert "set-cookie" not in answer.headers


def test_hidden_address_is_come_back_to(web: Web) -> None:
    visit = f"/visits/{web.visits['rich']}"
    sent_to = web.client().get(f"{visit}?record={'0' * 64}").headers["location"]
    form = web.client().get(sent_to).text
    found = re.search(r'action="/login".*?name="next" value="([^"]*)"', form, re.DOTALL)
    assert found is not None
    data = {"name": "auditor", "password": PASSWORD, "next": found[1]}
    answer = web.client().post("/login", data=data, headers=HEADERS)
    assert answer.headers["location"] == f"{visit}?record={'0' * 64}"


ELSEWHERE = [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/a\r\nSet-Cookie: x=1",
    "",
    "/a\\b",
    "/\t/evil",
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_log_in_leads_to_no_other_site(path: str) -> None:
    assert own_path(path) == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_form_of_another_site_is_refused(web: Web, path: str, headers: dict[str, str]) -> None:
    browser = web.browser("auditor")
    answer = browser.post(path, data={"name": "auditor", "password": PASSWORD}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert browser.get("/").status_code == 200


def test_guessing_is_slowed_down_even_for_the_right_password(web: Web) -> None:
    guess, right = ({"name": "supervisor-b", "password": password} for password in ("guess", PASSWORD))
    client = web.client()
    statuses = [client.post("/login", data=guess, headers=HEADERS).status_code for _ in range(MOST_FAILURES + 1)]
    assert statuses == [401] * MOST_FAILURES + [429]
    assert client.post("/login", data=right, headers=HEADERS).status_code == 429
    try:
        web.clock.now_ms += WINDOW_MS + 1
        assert client.post("/login", data=right, headers=HEADERS).status_code == 303
    finally:
        web.clock.now_ms = NOW_MS


def test_enormous_form_is_refused(web: Web) -> None:
    answer = web.client().post("/login", data={"name": "auditor", "password": "x" * 100_000}, headers=HEADERS)
    assert answer.status_code == 413
    assert "缩短备注" in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_enormous_form_of_no_told_length_is_refused_where_it_becomes_too_large(web: Web) -> None:
    pieces = (b"name=auditor&password=x" if number == 0 else b"x" * 10_000 for number in range(10))
    sent = HEADERS | {"Content-Type": "application/x-www-form-urlencoded"}
    answer = web.client().post("/login", content=pieces, headers=sent)
    assert answer.status_code == 413
    assert "缩短备注" in answer.text


def test_enormous_document_of_a_program_is_a_problem(web: Web) -> None:
    answer = web.client("auditor").post("/api/v1/saved-queries", json={"name": "x" * 100_000}, headers=HEADERS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")
