"""Who may see what: every route, each role, own and other agency, walked from the app's own route table."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import select

from ingest_server.store.schema import case_visits
from ingest_server.store.sessions import IDLE_MS, SESSION_MS
from ingest_server.vocabulary import Role
from ingest_server.web.access import COOKIE
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.rules.documents import SHIPPED_VERSION
from tests.ingest_server.web.conftest import ORIGIN, PASSWORD, PEOPLE, Web

OPEN = {"/healthz", "/metrics", "/login", "/logout", "/language", "/api/v1/openapi.json", "/static"}
OWN = {"/me", "/me/acts", "/me/password", "/api/v1/me", "/api/v1/me/acts", "/api/v1/me/password"}
EVERYBODY = OWN | {
    "/trail",
    "/api/v1/trail",
    "/api/v1/trail/leaf",
    "/api/v1/ledger/checkpoint",
    "/rules",
    "/api/v1/rules",
    "/api/v1/calibration",
    "/api/v1/rule-sets",
    "/api/v1/rule-sets/{version}/differences",
    "/api/v1/rule-sets/{version}/movements",
    "/devices",
    "/api/v1/devices",
}
OF_ADMINISTRATORS = {
    "/people",
    "/people/{person}",
    "/people/{person}/acts",
    "/devices/{device}/acts",
    "/devices/{device}/revoke",
    "/api/v1/people",
    "/api/v1/people/{person}",
    "/api/v1/people/{person}/acts",
    "/api/v1/devices/{device}/acts",
}
# Of one device: an administrator sees everybody's, a supervisor their agency's.
OF_A_DEVICE = {"/devices/{device}/health", "/api/v1/devices/{device}", "/api/v1/devices/{device}/hours"}
A_LIST = {"/", "/next", "/cases/new", "/api/v1/visits", "/api/v1/authenticity/{kind}", "/cases", "/api/v1/cases"}
A_LIST |= {"/overview", "/overview/charts", "/overview/devices", "/api/v1/overview", "/api/v1/overview/devices"}
A_LIST |= {"/api/v1/next", "/api/v1/edits", "/api/v1/edits/shares", "/api/v1/edits/shares.csv"}
A_LIST |= {"/notes", "/api/v1/notes"}
A_LIST |= {"/evv", "/evv.csv", "/evv.json", "/api/v1/evv", "/api/v1/evv.csv", "/api/v1/evv.json"}
A_LIST |= {"/evv/fields", "/api/v1/evv/fields"}
OVER_SEVERAL = {"/cases/new", "/api/v1/cases", "/api/v1/acknowledgements"}
# What an address is asked with, where it wants something.
EVV = ("/evv.csv", "/evv.json", "/api/v1/evv", "/api/v1/evv.csv", "/api/v1/evv.json")
ASKED = dict.fromkeys(EVV, "?from=2026-09-01&to=2026-09-30")
# A decision about a case that was read long ago, or an edit of a visit: who may is told so, and nothing is written.
QUERIES = {"/query", "/query/{view}", "/query/{view}.{form}"}
QUERIES |= {"/api/v1/views", "/api/v1/query/{view}", "/api/v1/query/{view}.{form}", "/api/v1/saved-queries"}
A_LIST |= QUERIES
# What is sent to these is no query, and the one that is named is nobody's.
KEEPING = {"/query/saved": 400, "/query/saved/{saved}": 404, "/api/v1/saved-queries": 422}
KEEPING |= {"/api/v1/saved-queries/{saved}": 404}
LONG_AGO = {"json": {"action": "take", "seen_version": 999}, "data": {"does": "take", "seen_version": 999}}
_CODES = {"reason": "forgot_check_out", "action": "signed_timesheet", "seen_version": 999}
EDIT_LONG_AGO = {"json": _CODES, "data": {"codes": "forgot_check_out:signed_timesheet", "seen_version": 999}}
# The same of people and devices: a name that is taken, a state that is so already, a session that is over.
TAKEN = {"name": "auditor", "role": "auditor"}
DISABLED = {"json": {"act": "disable", "seen_version": 999}, "data": {"does": "disable", "seen_version": 999}}
ACTIVE = {"json": {"act": "activate"}, "data": {"does": "activate"}}
# Whoever opens the address of a form is led to the page that it stands on.
LEADS_ON = ("/steps", "/acts", "/password", "/visits/{visit}/edits", "/query/saved")
KEPT = {"name": "a name", "view": "visits"}
OVER = {"session": "0" * 16}
TOO_SHORT = {"old": PASSWORD, "new": "short"}
BODIES: dict[str, dict[str, Any]] = {
    "/people": {"json": TAKEN, "data": TAKEN},
    "/visits/{visit}/edits": EDIT_LONG_AGO,
    "/query/saved/{saved}": {"data": KEPT | {"does": "change"}},
    "/saved-queries/{saved}": {"json": KEPT},
    "/people/{person}/acts": DISABLED,
    "/devices/{device}/acts": ACTIVE,
    "/me/acts": {"json": OVER, "data": OVER},
    "/me/password": {"json": TOO_SHORT, "data": TOO_SHORT | {"again": "short"}},
}


def routes(web: Web) -> Iterator[tuple[str, str]]:
    """(method, path template) of everything that the app serves."""
    for route in iter_route_contexts(web.app.routes):
        for method in sorted(getattr(route, "methods", None) or {"GET"}):
            if method not in {"HEAD", "OPTIONS"}:
                yield method, str(route.path)


def guarded(web: Web) -> list[tuple[str, str]]:
    return [(method, path) for method, path in routes(web) if path not in OPEN]


def filled_in(path: str, web: Web, agency: str) -> str:
    visit, caregiver = ("proxy", "caregiver-1") if agency == "agency-a" else ("b_proxy", "caregiver-9")
    recipient, device = ("recipient-1", "device-1") if agency == "agency-a" else ("recipient-9", "device-2")
    values = {"visit": web.visits[visit], "caregiver": caregiver, "agency": agency, "recipient": recipient}
    values |= {"view": "visits", "form": "csv", "saved": "999"}
    values |= {"device": device, "kind": "caregiver", "subject": caregiver, "case": str(web.cases[agency])}
    values |= {"person": "auditor", "version": SHIPPED_VERSION}
    return path.format_map(values) + ASKED.get(path, "")


def sent(method: str, path: str, web: Web, agency: str) -> dict[str, Any]:
    """What goes with a request of a route: nothing, a program's step, or a form's."""
    if method == "GET":
        return {}
    body = "json" if path.startswith("/api/") else "data"
    if path.endswith("/cases/{case}/visits"):
        return {"json": {"records": [cased(web, agency)], "seen_version": 1}, "headers": {"Origin": ORIGIN}}
    chosen = {"json": {"records": [cased(web, agency)]}, "data": {"does": "open", "record": cased(web, agency)}}
    bodies = chosen if path in OVER_SEVERAL else BODIES.get(path.removeprefix("/api/v1"), LONG_AGO)
    return {body: bodies[body], "headers": {"Origin": ORIGIN}}


def lists(method: str, theirs: set[str]) -> set[tuple[str, str]]:
    """What answers whoever asks, with their own share; opening a case over another agency's visits is no list."""
    return {(method, path) for path in theirs | A_LIST if method == "GET" or path not in OVER_SEVERAL}


def cased(web: Web, agency: str) -> str:
    """The digest of a visit that is in a case already, so that nothing can be opened over it."""
    with web.database.reading() as connection:
        found = connection.execute(select(case_visits.c.digest).where(case_visits.c.case == web.cases[agency]))
        return str(found.scalar_one())


def test_route_table_is_what_this_test_knows_of(web: Web) -> None:
    of_a_kind = A_LIST | EVERYBODY | OF_ADMINISTRATORS | OF_A_DEVICE | KEEPING.keys()
    assert {path for _, path in guarded(web)} == of_a_kind | {
        "/visits/{visit}",
        "/caregivers/{caregiver}",
        "/api/v1/visits/{visit}",
        "/api/v1/caregivers/{caregiver}",
        "/api/v1/authenticity/{kind}/{subject}",
        "/agencies/{agency}",
        "/recipients/{recipient}",
        "/devices/{device}",
        "/api/v1/acknowledgements",
        "/visits/{visit}/check",
        "/api/v1/visits/{visit}/check",
        "/api/v1/profiles/{kind}/{subject}",
        "/api/v1/visits/{visit}/neighbours",
        "/cases/{case}",
        "/cases/{case}/steps",
        "/visits/{visit}/steps",
        "/api/v1/cases/{case}",
        "/api/v1/cases/{case}/steps",
        "/api/v1/cases/{case}/visits",
        "/api/v1/visits/{visit}/steps",
        "/visits/{visit}/edits",
        "/api/v1/visits/{visit}/edits",
        "/api/v1/visits/{visit}/notes",
    }


def test_stranger_is_sent_to_the_login_or_told_to_bring_a_token(web: Web) -> None:
    for method, path in guarded(web):
        answer = web.client().request(method, filled_in(path, web, "agency-a"), **sent(method, path, web, "agency-a"))
        if method == "POST" and not path.startswith("/api/"):
            assert (answer.status_code, "登录已过期" in answer.text) == (401, True), path
        elif path.startswith("/api/"):
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), path
            assert answer.headers["content-type"] == "application/problem+json"
        else:
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/login?next=/"), path


def test_whoever_comes_back_to_an_expired_form_finds_its_page(web: Web) -> None:
    client = {False: web.browser("supervisor-a"), True: web.browser("administrator")}
    for method, path in guarded(web):
        if method != "POST" or path.startswith("/api/"):
            continue
        form = sent(method, path, web, "agency-a") | {"headers": {"Origin": ORIGIN}}
        expired = web.client().post(filled_in(path, web, "agency-a"), **form).text
        back = unquote(unescape(re.findall(r'href="/login\?next=([^"]*)"', expired)[0]))
        found = client[path in OF_ADMINISTRATORS].get(back)
        if found.status_code == 303:
            found = client[path in OF_ADMINISTRATORS].get(found.headers["location"])
        assert (found.status_code, 'method="post" action=' in found.text) == (200, True), path


@pytest.mark.parametrize("account", PEOPLE, ids=lambda account: account.name)
@pytest.mark.parametrize("agency", ["agency-a", "agency-b"])
@pytest.mark.parametrize("by_cookie", [False, pytest.param(True, marks=pytest.mark.long)], ids=["token", "cookie"])
def test_each_role_sees_its_share_of_every_route(web: Web, account: object, agency: str, by_cookie: bool) -> None:
    person = next(known for known in PEOPLE if known is account)
    client = web.browser(person.name) if by_cookie else web.client(person.name)
    for method, path in guarded(web):
        expected = 303 if path == "/next" else 200 if method == "GET" else 409
        theirs = EVERYBODY | OF_ADMINISTRATORS | OF_A_DEVICE if person.role is Role.ADMINISTRATOR else EVERYBODY
        if path not in theirs and (person.role is Role.ADMINISTRATOR or path in OF_ADMINISTRATORS):
            expected = 403
        elif method == "POST" and path.endswith("/password"):
            expected = 400
        elif method == "GET" and path.endswith(LEADS_ON) and not path.startswith("/api/"):
            expected = 303
        elif method != "GET" and path in KEEPING:
            expected = KEEPING[path]
        elif person.agency not in {None, agency} and (method, path) not in lists(method, theirs):
            expected = 404
        elif person.role is Role.AUDITOR and method == "POST" and path.endswith("/edits"):
            expected = 403
        answer = client.request(method, filled_in(path, web, agency), **sent(method, path, web, agency))
        assert answer.status_code == expected, (path, answer.text)


def test_metrics_hold_nothing_personal(web: Web) -> None:
    web.client("auditor").get(f"/visits/{web.visits['rich']}")
    web.client().get("/caregivers/caregiver-1/../../somebody")
    text = web.client().get("/metrics").text
    assert 'route="/visits/{visit}"' in text
    for personal in (web.visits["rich"], "caregiver-1", "recipient-1", "auditor", "agency-a", "somebody"):
        assert personal not in text


def test_session_ends_when_it_idles(web: Web) -> None:
    browser = web.browser("auditor")
    try:
        for _ in range(3):
            web.clock.now_ms += IDLE_MS - 1
            assert browser.get("/").status_code == 200
        web.clock.now_ms += IDLE_MS
        assert browser.get("/").status_code == 303
    finally:
        web.clock.now_ms = NOW_MS


def test_session_ends_at_last_however_busy(web: Web) -> None:
    browser = web.browser("auditor")
    try:
        while web.clock.now_ms < NOW_MS + SESSION_MS - IDLE_MS:
            web.clock.now_ms += IDLE_MS - 1
            assert browser.get("/").status_code == 200
        web.clock.now_ms = NOW_MS + SESSION_MS
        assert browser.get("/").status_code == 303
    finally:
        web.clock.now_ms = NOW_MS


def test_logged_out_secret_opens_nothing_any_more(web: Web) -> None:
    browser = web.browser("auditor")
    secret = browser.cookies[COOKIE]
    assert browser.post("/logout", headers={"Origin": ORIGIN}).headers["location"] == "/login"
    again = web.client()
    again.cookies.set(COOKIE, secret)
    assert again.get("/").status_code == 303


def test_cookie_is_kept_from_scripts_and_other_sites(web: Web) -> None:
    form = {"name": "auditor", "password": PASSWORD}
    cookie = web.client().post("/login", data=form, headers={"Origin": ORIGIN}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "; secure" not in cookie
    over_tls = TestClient(web.app, base_url="https://testserver", follow_redirects=False)
    cookie = over_tls.post("/login", data=form, headers={"Origin": "https://testserver"}).headers["set-cookie"].lower()
    assert "; secure" in cookie


def test_token_is_no_cookie_and_a_cookie_no_token(web: Web) -> None:
    with_token_as_cookie = web.client()
    with_token_as_cookie.cookies.set(COOKIE, web.tokens["auditor"])
    assert with_token_as_cookie.get("/").status_code == 303
    secret = web.browser("auditor").cookies[COOKIE]
    assert web.client().get("/api/v1/visits", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer cwt_", "bearer cwt_wrong", "cwt_x"])
def test_broken_authorization_opens_nothing(web: Web, header: str) -> None:
    assert web.client().get("/api/v1/visits", headers={"Authorization": header}).status_code == 401
