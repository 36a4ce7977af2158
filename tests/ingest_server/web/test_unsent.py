"""What was typed and not sent is not lost in silence, whichever way somebody leaves the page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.chromium import logged_in, serving
from tests.ingest_server.web.conftest import PASSWORD, Web

pytestmark = pytest.mark.browser
NOTE = "ten minutes of <work>"


class Asked:
    """The browser's questions whether the page is to be left; each is answered by staying."""

    def __init__(self, page: Page) -> None:
        self.kinds: list[str] = []
        page.on("dialog", self._stay)

    def _stay(self, dialog: Dialog) -> None:
        self.kinds.append(dialog.type)
        dialog.dismiss()


@pytest.fixture
def page(filled_web: Web, browser: Browser) -> Iterator[Page]:
    """A supervisor before a visit that may be edited and decided about."""
    with serving(filled_web.app) as address:
        context = logged_in(browser, address, "supervisor-a", PASSWORD)
        found = context.new_page()
        found.goto(f"{address}/visits/{filled_web.visits['rich']}")
        yield found
        context.close()


def left(page: Page, what: str) -> bool:
    """Whether a click leads anywhere; a page that asks, and is stayed on, leads nowhere."""
    was = page.evaluate("window.mark = Math.random()")
    page.locator(what).first.click(no_wait_after=True)
    page.wait_for_timeout(700)
    return bool(page.evaluate("window.mark") != was)


@pytest.mark.parametrize(
    "way", ['nav a[href="/cases"]', 'form[action="/logout"] button', 'form[action="/language"] button']
)
def test_nobody_is_asked_who_typed_nothing(page: Page, way: str) -> None:
    asked = Asked(page)
    page.locator("#note").click()
    assert left(page, way)
    assert asked.kinds == []


@pytest.mark.parametrize("way", ['nav a[href="/cases"]', 'form[action="/logout"] button', 'a[data-key="n"]'])
def test_page_with_a_note_is_not_left_unasked(page: Page, way: str) -> None:
    asked = Asked(page)
    page.locator("#note").press_sequentially(NOTE)
    assert not left(page, way)
    assert asked.kinds == ["beforeunload"]
    assert page.input_value("#note") == NOTE


def test_keys_work_again_on_a_page_that_somebody_stayed_on(page: Page) -> None:
    asked = Asked(page)
    page.locator("details.correct summary").click()
    page.locator("#edit-memo").press_sequentially(NOTE)
    page.keyboard.press("Escape")
    for count in (1, 2):
        page.keyboard.press("n")
        page.wait_for_timeout(500)
        assert len(asked.kinds) == count


def test_what_is_sent_goes_without_a_question_unless_another_form_is_left_behind(page: Page) -> None:
    asked = Asked(page)
    page.locator("details.correct summary").click()
    page.locator("#edit-memo").press_sequentially(NOTE)
    page.locator("#note").fill("looked at it")
    assert not left(page, 'form.decide button[value="take"]')
    page.locator("#edit-memo").fill("")
    assert left(page, 'form.decide button[value="take"]')
    assert asked.kinds == ["beforeunload"]


def test_form_that_came_back_refused_is_unsent_still(page: Page) -> None:
    page.locator("details.correct summary").click()
    page.locator("#edit-memo").fill(NOTE)
    page.locator("#edit-codes").select_option("forgot_check_out:signed_timesheet")
    page.click(".edit button[type=submit]")
    page.wait_for_selector('[role="alert"]')
    asked = Asked(page)
    page.locator("#edit-memo").click()
    assert not left(page, 'nav a[href="/cases"]')
    assert asked.kinds == ["beforeunload"]


def test_other_language_brings_along_what_was_typed_and_keeps_nothing(page: Page) -> None:
    asked = Asked(page)
    page.locator("#note").press_sequentially(NOTE)
    page.locator("details.correct summary").click()
    page.fill("#edit-memo", "signed sheet 12")
    page.fill("#edit-end", "2026-09-21T23:28:20")
    page.select_option("#edit-place", "institution")
    tick = page.locator('.ticks input[name="items"]:not(:checked)').first
    item = tick.get_attribute("value")
    tick.check()
    with page.expect_navigation():
        page.get_by_role("button", name="English").click()
    assert page.get_attribute("html", "lang") == "en"
    assert page.input_value("#note") == NOTE
    assert page.input_value("#edit-memo") == "signed sheet 12"
    assert page.input_value("#edit-end") == "2026-09-21T23:28:20"
    assert page.input_value("#edit-place") == "institution"
    assert page.is_checked(f'.ticks input[value="{item}"]')
    assert page.is_visible("#edit-memo")
    assert page.evaluate("sessionStorage.length") == 0
    assert asked.kinds == []
    assert not left(page, 'nav a[href="/cases"]')


def test_text_that_was_carried_is_taken_away_by_whatever_page_comes_next(page: Page) -> None:
    page.locator("#note").press_sequentially(NOTE)
    page.evaluate("carry()")
    visit = page.url
    page.goto(page.url.partition("/visits/")[0] + "/cases")
    page.goto(visit)
    assert page.input_value("#note") == ""


def test_filters_and_passwords_are_left_as_they_are(page: Page) -> None:
    asked = Asked(page)
    address = page.url.partition("/visits/")[0]
    page.goto(f"{address}/evv")
    page.locator('[name="caregiver"]').press_sequentially("caregiver-1")
    assert left(page, 'nav a[href="/cases"]')
    page.goto(f"{address}/me")
    page.locator("#new").press_sequentially("half a password")
    page.evaluate("carry()")
    assert "half" not in page.evaluate("JSON.stringify(sessionStorage)")
    assert left(page, 'nav a[href="/cases"]')
    assert asked.kinds == []
