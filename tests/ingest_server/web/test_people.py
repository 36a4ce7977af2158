"""People and what is open of theirs: who may change what, and that nobody comes in who is shown the door."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from httpx import Response
from typer.testing import CliRunner, Result

from ingest_server.cli import app
from ingest_server.errors import RefusedChangeError
from ingest_server.store.accounts import ONE_TIME_MS, Account, set_disabled
from ingest_server.store.attempts import MOST_FAILURES
from ingest_server.store.passwords import one_time_password
from ingest_server.store.sessions import issue_token
from ingest_server.vocabulary import Deed, Role
from ingest_server.web.access import COOKIE
from tests.ingest_server.authenticity.test_adopting import downgrade
from tests.ingest_server.web.conftest import ORIGIN, PASSWORD, PEOPLE, Web
from tests.ingest_server.web.test_trail import all_entries

HEADERS = {"Origin": ORIGIN}
OWN = "a password of my own"


def form(client: TestClient, path: str, **fields: object) -> Response:
    answer: Response = client.post(path, data=fields, headers=HEADERS)
    return answer


def added(web: Web, name: str = "newcomer", role: str = "auditor", agency: str = "") -> str:
    """The one-time password of somebody whom the administrator entered by the form."""
    answer = form(web.browser("administrator"), "/people", name=name, role=role, agency=agency)
    assert answer.status_code == 200, answer.text
    found = re.search(r'<code class="secret">([^<]+)</code>', answer.text)
    assert found is not None
    return found[1]


def logged_in(web: Web, name: str, password: str) -> TestClient:
    client = web.client()
    answer = form(client, "/login", name=name, password=password)
    assert answer.status_code == 303, answer.text
    return client


def test_one_time_password_opens_only_the_page_on_which_it_is_changed(empty_web: Web) -> None:
    browser = logged_in(empty_web, "newcomer", added(empty_web))
    assert (browser.get("/").status_code, browser.get("/").headers["location"]) == (303, "/me")
    assert browser.get("/api/v1/visits").status_code == 403
    page = browser.get("/me")
    assert (page.status_code, "请先在此设定自己的密码" in page.text) == (200, True)


def test_password_that_was_given_is_void_once_another_is_chosen(empty_web: Web) -> None:
    given = added(empty_web)
    browser = logged_in(empty_web, "newcomer", given)
    assert form(browser, "/me/password", old=given, new=OWN, again=OWN).headers["location"] == "/me?changed=1"
    assert browser.get("/").status_code == 200
    assert form(empty_web.client(), "/login", name="newcomer", password=given).status_code == 401
    logged_in(empty_web, "newcomer", OWN)


def test_one_time_password_is_over_after_three_days(empty_web: Web) -> None:
    given = added(empty_web)
    empty_web.clock.now_ms += ONE_TIME_MS
    assert form(empty_web.client(), "/login", name="newcomer", password=given).status_code == 401


def test_password_is_shown_once_and_kept_nowhere(empty_web: Web) -> None:
    given = added(empty_web)
    again = empty_web.browser("administrator").get("/people/newcomer")
    assert (given in again.text, again.headers["cache-control"]) == (False, "no-store")
    assert given not in str(all_entries(empty_web))


def test_one_time_passwords_are_long_and_differ() -> None:
    drawn = {one_time_password() for _ in range(100)}
    assert len(drawn) == 100
    assert all(re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", one) for one in drawn)


WRONG = {
    "name taken": ({"name": "auditor", "role": "auditor", "agency": ""}, 409, "已有用户"),
    "no such role": ({"name": "somebody", "role": "king", "agency": ""}, 400, "没有这一角色"),
    "supervisor of nothing": ({"name": "somebody", "role": "supervisor", "agency": ""}, 400, "机构主管须有机构"),
    "auditor of an agency": ({"name": "somebody", "role": "auditor", "agency": "agency-a"}, 400, "机构主管须有机构"),
    "name with a space": ({"name": "some body", "role": "auditor", "agency": ""}, 400, "登录名须为"),
}


@pytest.mark.parametrize(("fields", "status", "said"), WRONG.values(), ids=WRONG)
def test_wrong_person_comes_back_as_typed(empty_web: Web, fields: dict[str, str], status: int, said: str) -> None:
    answer = form(empty_web.browser("administrator"), "/people", **fields)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert f'value="{fields["name"]}"' in answer.text
    assert f'value="{fields["agency"]}"' in answer.text
    assert len(empty_web.client("administrator").get("/api/v1/people").json()["people"]) == len(PEOPLE)


def test_supervisor_of_a_mistyped_agency_is_entered_only_once_it_is_said_to_be_new(empty_web: Web) -> None:
    browser, fields = empty_web.browser("administrator"), {"name": "newcomer", "role": "supervisor"}
    refused = form(browser, "/people", **fields, agency="agency-aa")
    assert refused.status_code == 400
    for told in (
        "没有设备、人员或服务提到机构",
        "agency-a, agency-b",
        'name="new_agency" value="agency-aa"',
        "newcomer",
    ):
        assert told in refused.text
    another = form(browser, "/people", **fields, agency="agency-ab", new_agency="agency-aa")
    assert another.status_code == 400, "what was confirmed is another agency"
    assert form(browser, "/people", **fields, agency="agency-aa", new_agency="agency-aa").status_code == 200
    assert form(browser, "/people", name="second", role="supervisor", agency="agency-aa").status_code == 200


def test_program_says_that_an_agency_is_new(empty_web: Web) -> None:
    client, asked = empty_web.client("administrator"), {"name": "newcomer", "role": "supervisor", "agency": "agency-c"}
    refused = client.post("/api/v1/people", json=asked)
    assert (refused.status_code, "known are: agency-a, agency-b" in refused.json()["detail"]) == (400, True)
    assert client.get("/api/v1/people/newcomer").status_code == 404
    assert client.post("/api/v1/people", json=asked | {"new_agency": True}).status_code == 200


def test_command_asks_the_same_and_the_first_of_all_is_asked_nothing(tmp_path: Path) -> None:
    def add(name: str, agency: str, *more: str) -> Result:
        command = ["users", "add", name, "--role", "supervisor", "--agency", agency, "--one-time", *more]
        return CliRunner().invoke(app, [*command, "--data-dir", str(tmp_path)])

    assert add("first", "agency-a").exit_code == 0
    refused = add("second", "agency-b")
    assert (refused.exit_code, "--new-agency" in refused.output, "agency-a" in refused.output) == (1, True, True)
    assert add("second", "agency-b", "--new-agency").exit_code == 0


def test_disabled_person_is_out_at_once_and_comes_back_with_their_password(empty_web: Web) -> None:
    browser = empty_web.browser("auditor")
    administrator = empty_web.browser("administrator")
    assert form(administrator, "/people/auditor/acts", does="disable", seen_version=0).status_code == 303
    assert browser.get("/").status_code == 303
    assert empty_web.client("auditor").get("/api/v1/visits").status_code == 401
    assert form(empty_web.client(), "/login", name="auditor", password=PASSWORD).status_code == 401
    assert form(administrator, "/people/auditor/acts", does="enable", seen_version=1).status_code == 303
    assert empty_web.browser("auditor").get("/").status_code == 200


def test_session_of_a_disabled_person_opens_nothing_even_if_it_was_left(empty_web: Web) -> None:
    with empty_web.database.writing() as connection:
        set_disabled(connection, "auditor", disabled=True)
        secret = issue_token(connection, "auditor", empty_web.clock.now_ms, 1)
    answer = empty_web.client().get("/api/v1/visits", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401


def test_second_administrator_who_read_an_older_version_is_told_so(empty_web: Web) -> None:
    administrator = empty_web.browser("administrator")
    form(administrator, "/people/auditor/acts", does="reset_password", seen_version=0)
    late = form(administrator, "/people/auditor/acts", does="disable", seen_version=0)
    assert (late.status_code, "他人已先改动此账户" in late.text) == (409, True)
    person = empty_web.client("administrator").get("/api/v1/people/auditor").json()
    assert (person["disabled"], person["version"]) == (False, 1)


@pytest.mark.parametrize("does", ["disable", "reset_password"])
def test_last_administrator_is_not_locked_out(empty_web: Web, does: str) -> None:
    added(empty_web, "second", "administrator")
    answer = form(empty_web.browser("administrator"), "/people/administrator/acts", does=does, seen_version=0)
    assert answer.status_code == 400
    assert empty_web.browser("administrator").get("/people").status_code == 200


def test_administrator_may_go_once_another_has_logged_in(empty_web: Web) -> None:
    given = added(empty_web, "second", "administrator")
    form(logged_in(empty_web, "second", given), "/me/password", old=given, new=OWN, again=OWN)
    answer = form(empty_web.browser("administrator"), "/people/administrator/acts", does="disable", seen_version=0)
    assert answer.status_code == 303
    with pytest.raises(RefusedChangeError, match="last administrator"), empty_web.database.writing() as connection:
        set_disabled(connection, "second", disabled=True)


def test_administrator_ends_one_session_or_all(empty_web: Web) -> None:
    first, second = empty_web.browser("auditor"), empty_web.browser("auditor")
    administrator = empty_web.browser("administrator")
    path = "/people/auditor/acts"
    person = empty_web.client("administrator").get("/api/v1/people/auditor").json()
    kinds = sorted(one["kind"] for one in person["sessions"])
    assert kinds == ["session", "session", "token"]
    mark = next(one["id"] for one in person["sessions"] if one["kind"] == "token")
    assert form(administrator, path, does=f"end_one:{mark}", seen_version=0).status_code == 303
    assert empty_web.client("auditor").get("/api/v1/visits").status_code == 401
    assert [browser.get("/").status_code for browser in (first, second)] == [200, 200]
    assert form(administrator, path, does=f"end_one:{mark}", seen_version=0).status_code == 409
    assert form(administrator, path, does="end_all", seen_version=0).status_code == 303
    assert [browser.get("/").status_code for browser in (first, second)] == [303, 303]
    assert empty_web.browser("auditor").get("/").status_code == 200


@pytest.mark.parametrize("does", ["end_one", "end_one:", "end_one:%", "end_one:________________", "promote", ""])
def test_act_that_is_none_ends_nothing(empty_web: Web, does: str) -> None:
    answer = form(empty_web.browser("administrator"), "/people/auditor/acts", does=does, seen_version=0)
    assert answer.status_code == 400
    assert empty_web.client("auditor").get("/api/v1/visits").status_code == 200


def test_own_sessions_are_listed_and_ended_and_nobody_elses(empty_web: Web) -> None:
    other, browser = empty_web.browser("auditor"), empty_web.browser("auditor")
    theirs = empty_web.client("administrator").get("/api/v1/me").json()["sessions"][0]["id"]
    assert form(browser, "/me/acts", session=theirs).status_code == 409
    assert empty_web.client("administrator").get("/api/v1/me").status_code == 200
    assert len(browser.get("/api/v1/me").json()["sessions"]) == 3
    assert form(browser, "/me/acts", session="").status_code == 303
    assert (other.get("/").status_code, browser.get("/").status_code) == (303, 200)
    assert empty_web.client("auditor").get("/api/v1/me").status_code == 401


def test_own_password_is_changed_by_whoever_has_it_and_ends_other_log_ins(empty_web: Web) -> None:
    other, browser = empty_web.browser("auditor"), empty_web.browser("auditor")
    assert form(browser, "/me/password", old=PASSWORD, new=OWN, again=OWN).status_code == 303
    assert (other.get("/").status_code, browser.get("/").status_code) == (303, 200)
    assert empty_web.client("auditor").get("/api/v1/me").status_code == 200
    logged_in(empty_web, "auditor", OWN)


@contextmanager
def before_each(call: str, deed: Callable[[], None]) -> Iterator[None]:
    """Let something happen whenever argon2 is about to `hash` or `verify`, which takes it long."""
    kept = getattr(PasswordHasher, call)

    def watched(*values: object, **named: object) -> object:
        deed()
        return kept(*values, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(PasswordHasher, call, watched)
        yield


def once(deed: Callable[[], object]) -> Callable[[], None]:
    """The deed at the first call alone."""
    left = [deed]

    def first() -> None:
        if left:
            left.pop()()

    return first


def reset_of(web: Web, name: str) -> Callable[[], str]:
    """An administrator who is about to reset somebody's password; the one-time password."""
    administrator = web.browser("administrator")
    version = administrator.get(f"/api/v1/people/{name}").json()["version"]

    def reset() -> str:
        asked = {"act": "reset_password", "seen_version": version}
        answer = web.client("administrator").post(f"/api/v1/people/{name}/acts", json=asked)
        return str(answer.json()["one_time_password"])

    return reset


def test_password_that_is_reset_meanwhile_is_not_changed_by_whoever_had_the_old_one(empty_web: Web) -> None:
    thief, reset, given = empty_web.browser("auditor"), reset_of(empty_web, "auditor"), list[str]()
    with before_each("hash", once(lambda: given.append(reset()))):
        answer = form(thief, "/me/password", old=PASSWORD, new=OWN, again=OWN)
    assert answer.status_code == 401
    assert form(empty_web.client(), "/login", name="auditor", password=OWN).status_code == 401
    logged_in(empty_web, "auditor", given[0])


def test_token_whose_owner_chose_another_password_meanwhile_changes_none(empty_web: Web) -> None:
    owner = empty_web.browser("auditor")
    meanwhile = once(lambda: form(owner, "/me/password", old=PASSWORD, new=OWN, again=OWN))
    with before_each("hash", meanwhile):
        asked = {"old": PASSWORD, "new": "a password of a thief"}
        answer = empty_web.client("auditor").post("/api/v1/me/password", json=asked)
    assert (answer.status_code, "reset or changed meanwhile" in answer.text) == (409, True)
    logged_in(empty_web, "auditor", OWN)


def test_session_that_is_ended_meanwhile_changes_no_password(empty_web: Web) -> None:
    thief, asked = empty_web.browser("auditor"), {"act": "end_all", "seen_version": 0}
    administrator = empty_web.client("administrator")
    with before_each("hash", once(lambda: administrator.post("/api/v1/people/auditor/acts", json=asked))):
        assert form(thief, "/me/password", old=PASSWORD, new=OWN, again=OWN).status_code == 401
    logged_in(empty_web, "auditor", PASSWORD)


def test_log_in_that_a_reset_overtakes_opens_nothing(empty_web: Web) -> None:
    with before_each("verify", once(reset_of(empty_web, "auditor"))):
        answer = form(empty_web.client(), "/login", name="auditor", password=PASSWORD)
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)


def test_whoever_changes_a_password_again_and_again_keeps_no_administrator_from_resetting_it(empty_web: Web) -> None:
    reset = reset_of(empty_web, "auditor")
    assert form(empty_web.browser("auditor"), "/me/password", old=PASSWORD, new=OWN, again=OWN).status_code == 303
    logged_in(empty_web, "auditor", reset())
    assert form(empty_web.client(), "/login", name="auditor", password=OWN).status_code == 401


def test_nobody_waits_to_write_while_a_password_is_hashed(empty_web: Web) -> None:
    file, hashes = str(empty_web.database.name).removeprefix("sqlite:///"), list[str]()

    def write() -> None:
        with closing(sqlite3.connect(file, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            hashes.append("while nobody else wrote")

    reset, browser = reset_of(empty_web, "supervisor-a"), empty_web.browser("auditor")
    with before_each("hash", write):
        added(empty_web)
        reset()
        assert form(browser, "/me/password", old=PASSWORD, new=OWN, again=OWN).status_code == 303
    assert len(hashes) == 3


REFUSED = {
    "wrong": ("not my password", OWN, OWN, "原密码不对"),
    "short": (PASSWORD, "short", "short", "密码须为"),
    "not repeated": (PASSWORD, OWN, OWN + "!", "两次输入的新密码不一致"),
    "the same": (PASSWORD, PASSWORD, PASSWORD, "新密码与原密码相同"),
}


@pytest.mark.parametrize(("old", "new", "again", "said"), REFUSED.values(), ids=REFUSED)
def test_password_is_not_changed_otherwise(empty_web: Web, old: str, new: str, again: str, said: str) -> None:
    answer = form(empty_web.browser("auditor"), "/me/password", old=old, new=new, again=again)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert f'value="{new}"' not in answer.text
    logged_in(empty_web, "auditor", PASSWORD)


def test_whoever_finds_an_open_desk_cannot_guess_its_owners_password(empty_web: Web) -> None:
    browser = empty_web.browser("auditor")
    guesses = [form(browser, "/me/password", old=f"guess {n}", new=OWN, again=OWN) for n in range(MOST_FAILURES)]
    assert {answer.status_code for answer in guesses} == {400}
    assert form(browser, "/me/password", old=PASSWORD, new=OWN, again=OWN).status_code == 429


def test_token_that_only_looks_decides_nothing(empty_web: Web) -> None:
    with empty_web.database.writing() as connection:
        empty_web.tokens["auditor"] = issue_token(connection, "auditor", empty_web.clock.now_ms, 1, read_only=True)
    client = empty_web.client("auditor")
    assert client.get("/api/v1/visits").status_code == 200
    refused = client.post("/api/v1/me/acts", json={})
    assert (refused.status_code, "此令牌只能查看" in refused.json()["detail_zh"]) == (403, True)


def test_everything_about_people_is_in_the_trail_and_no_secret(empty_web: Web) -> None:
    given = added(empty_web, "newcomer", "supervisor", "agency-a")
    administrator = empty_web.browser("administrator")
    form(administrator, "/people/newcomer/acts", does="disable", seen_version=0)
    form(administrator, "/people/newcomer/acts", does="disable", seen_version=1)
    found = [one.entry for one in all_entries(empty_web) if one.entry.deed is Deed.MANAGE]
    assert [(one.actor, one.about, one.status) for one in reversed(found)] == [
        ("administrator", "/people add newcomer supervisor agency-a", 200),
        ("administrator", "/people/newcomer/acts disable", 303),
        ("administrator", "/people/newcomer/acts disable", 409),
    ]
    secrets = (given, administrator.cookies[COOKIE])
    for path in ("/people", "/people/newcomer", "/api/v1/people", "/api/v1/people/newcomer", "/api/v1/trail"):
        text = empty_web.client("administrator").get(path).text
        assert not any(secret in text for secret in secrets)
        assert "argon2" not in text


def test_command_and_page_are_one_and_the_trail_tells_both(empty_web: Web) -> None:
    def run(*arguments: str, typed: str = "") -> str:
        done = CliRunner().invoke(app, [*arguments, "--database", empty_web.database.name], input=typed)
        return f"{done.exit_code} {done.output}"

    given = run("users", "add", "newcomer", "--role", "auditor", "--one-time").rsplit(maxsplit=1)[-1]
    assert logged_in(empty_web, "newcomer", given).get("/").headers["location"] == "/me"
    assert run("users", "disable", "newcomer").startswith("0")
    assert run("users", "disable", "newcomer").startswith("1")
    assert "last administrator" in run("users", "disable", "administrator")
    assert "last administrator" in run("users", "remove", "administrator")
    assert run("users", "enable", "newcomer").startswith("0")
    assert run("users", "password", "newcomer", "--password-stdin", typed=f"{OWN}\n").startswith("0")
    assert logged_in(empty_web, "newcomer", OWN).get("/").status_code == 200
    told = [one.entry.about for one in all_entries(empty_web) if one.entry.actor.startswith("os:")]
    assert [about.removeprefix("ingest-server ") for about in reversed(told)] == [
        "users add newcomer auditor",
        "users disable newcomer",
        "users enable newcomer",
        "users password newcomer",
    ]
    assert "本机命令" in empty_web.client("administrator").get("/trail?deed=manage").text


def test_last_log_in_is_the_trails(empty_web: Web) -> None:
    client = empty_web.client("administrator")
    assert client.get("/api/v1/people/auditor").json()["logged_in_at_ms"] is None
    form(empty_web.client(), "/login", name="auditor", password="wrong")
    assert client.get("/api/v1/people/auditor").json()["logged_in_at_ms"] is None
    empty_web.browser("auditor")
    assert client.get("/api/v1/people/auditor").json()["logged_in_at_ms"] == empty_web.clock.now_ms


def test_pages_of_people_follow_one_another(empty_web: Web) -> None:
    client, cursor, names = empty_web.client("administrator"), "", []
    while cursor is not None:
        found = client.get("/api/v1/people", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        names += [person["name"] for person in found["people"]]
        cursor = found["next_cursor"]
    assert names == sorted(person.name for person in PEOPLE)


def test_administrator_comes_to_people_and_not_to_evidence(empty_web: Web) -> None:
    answer = form(empty_web.client(), "/login", name="administrator", password=PASSWORD)
    assert answer.headers["location"] == "/people"
    refused = empty_web.client("administrator").get("/overview")
    assert refused.status_code == 403
    assert 'href="/"' not in refused.text, "nothing leads from a refusal to the next one"


def test_account_of_a_person_is_what_it_was_entered_as(empty_web: Web) -> None:
    added(empty_web, "newcomer", "supervisor", "agency-a")
    person = empty_web.client("administrator").get("/api/v1/people/newcomer").json()
    account = Account(person["name"], Role(person["role"]), person["agency"])
    assert account == Account("newcomer", Role.SUPERVISOR, "agency-a")


def test_accounts_sessions_and_tokens_outlive_an_upgrade(filled_web: Web) -> None:
    browser = filled_web.browser("auditor")
    downgrade(filled_web.database, "0007")
    filled_web.database.migrate()
    kinds = [one["kind"] for one in browser.get("/api/v1/me").json()["sessions"]]
    assert sorted(kinds) == ["session", "token"]
    assert filled_web.client("supervisor-a").get("/api/v1/visits").status_code == 200


def test_session_that_ended_meanwhile_loses_nothing_that_was_typed_but_passwords(empty_web: Web) -> None:
    late = form(empty_web.client(), "/people", name="newcomer", role="supervisor", agency="agency-a")
    assert (late.status_code, "<dd>newcomer</dd>" in late.text) == (401, True)
    assert 'href="/login?next=/people"' in late.text
    late = form(empty_web.client(), "/me/password", old=PASSWORD, new=OWN, again=OWN)
    assert (late.status_code, PASSWORD in late.text, OWN in late.text) == (401, False, False)


def test_nobody_is_let_in_under_anothers_name_in_other_letters(filled_web: Web) -> None:
    asked = {"name": "AUDITOR", "role": "auditor"}
    refused = filled_web.client("administrator").post("/api/v1/people", json=asked)
    assert (refused.status_code, "auditor" in refused.text) == (409, True)
