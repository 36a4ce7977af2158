"""A form whose session is over comes back in the words of the form, in the reader's language."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from ingest_server.web.given_back import given_back, label_of
from ingest_server.words.bilingual import Words
from tests.ingest_server.web.conftest import ORIGIN, Web

HEADERS = {"Origin": ORIGIN}
# Where each form stands: who sees it, on which page, and to which route it is sent.
FORMS = {
    "edit": ("supervisor-a", "/visits/{rich}", "/visits/{visit}/edits"),
    "step": ("supervisor-a", "/visits/{empty_order}", "/visits/{visit}/steps"),
    "person": ("administrator", "/people", "/people"),
    "saved": ("auditor", "/query/visits", "/query/saved"),
}


def expired(client: TestClient, path: str, typed: dict[str, str | list[str]]) -> str:
    answer = client.post(path, data=typed, headers=HEADERS)
    assert answer.status_code == 401
    return str(answer.text)


def fields(shown: str) -> dict[str, str]:
    """What stands behind each label of an expired form."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", shown, re.DOTALL)
    return {bare(name): bare(told) for name, told in pairs}


def bare(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def labelled(page: str) -> dict[str, str]:
    """The fields of the forms of a page that are sent, by the text that labels them."""
    forms = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
    found: dict[str, str] = {}
    for form in forms:
        for_id = dict(re.findall(r'<label for="([\w-]+)">(.*?)</label>', form, re.DOTALL))
        for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", form):
            name, id_ = re.search(r'name="(\w+)"', tag), re.search(r'id="([\w-]+)"', tag)
            if name and id_ and id_[1] in for_id:
                found[name[1]] = bare(for_id[id_[1]])
        found |= {
            name: bare(text)
            for name, text in re.findall(
                r'<label class="tick"><input type="checkbox" name="(\w+)"[^>]*>(.*?)</label>', form
            )
        }
        found |= {
            name: bare(text)
            for text, name in re.findall(
                r'<legend>(.*?)</legend>.*?<input type="checkbox" name="(\w+)"', form, re.DOTALL
            )
        }
    return found


@pytest.mark.parametrize(("who", "page", "route"), FORMS.values(), ids=FORMS)
def test_every_field_is_called_as_its_form_calls_it(web: Web, who: str, page: str, route: str) -> None:
    shown = labelled(web.client(who).get(page.format_map(web.visits)).text)
    for name, text in shown.items():
        label = label_of(route, name)
        if name != "note":
            assert isinstance(label, Words), f"{name} has no words"
            assert text == f"{label.zh} {label.en}"
    assert shown.keys() - {"note"}


TYPED: dict[str, str | list[str]] = {
    "seen_version": "0",
    "start": "2026-09-21T22:20:00",
    "items": ["feeding", "bed_making"],
    "place": "institution",
    "codes": "forgot_check_out:signed_timesheet",
    "recipient": "recipient <2>",
    "note": "ten minutes of work",
}


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("zh", {"开始": "2026-09-21 22:20:00", "项目": "协助进食、水；整理床单位", "服务地点": "医院或机构",
                "原因与处理": "忘记签退 · 已收签字服务单", "被护理人": "recipient <2>"}),
        ("en", {"Start": "2026-09-21 22:20:00", "Items": "help with eating and drinking; bed making",
                "Place": "hospital or institution", "Recipient": "recipient <2>"}),
    ],
)  # fmt: skip
def test_edit_of_an_expired_session_is_told_in_words(web: Web, language: str, wanted: dict[str, str]) -> None:
    client = web.client()
    client.cookies.set("carewitness-language", language)
    shown = expired(client, f"/visits/{web.visits['rich']}/edits", TYPED)
    found = fields(shown)
    assert found | wanted == found, found
    assert "ten minutes of work" in shown
    for raw in ("forgot_check_out", "bed_making", ">codes<", ">place<", "recipient <2>"):
        assert raw not in shown, raw


def test_both_languages_stand_beside_each_other(web: Web) -> None:
    typed: dict[str, str | list[str]] = {"name": "newcomer", "role": "auditor", "agency": "agency-a"}
    assert fields(expired(web.client(), "/people", typed)) == {
        "登录名 Name": "newcomer",
        "角色 Role": "基金稽核 auditor",
        "机构（仅机构主管） Agency (of a supervisor)": "agency-a",
    }


def test_choice_that_no_form_offers_and_a_field_of_none_are_given_back_as_they_were() -> None:
    found = given_back("/visits/{visit}/edits", [("codes", "because:so"), ("place", "moon"), ("colour", "red")])
    assert [one.told for one in found] == [("because:so",), ("moon",), ("red",)]
    assert found[-1].label == "colour"


@pytest.mark.parametrize("name", ["old", "new", "again", "password", "meant", "does", "seen_version"])
def test_passwords_and_what_the_page_writes_are_not_given_back(web: Web, name: str) -> None:
    assert "secret words" not in expired(web.client(), "/me/password", {name: "secret words"})
