"""Each desk's main task, from log-in to done: by keyboard alone, in both languages, on a phone, a desk and a wall."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import HEIGHT, close, press, serving, tab_to
from tests.ingest_server.web.conftest import PASSWORD, Web

pytestmark = pytest.mark.browser
SCREENS = list(product(("中文", "English"), (390, 1280, 1920)))
# For what is not the main task of a desk: either language, on the narrowest screen and the widest; the second by name.
TWO_SCREENS = [SCREENS[0], pytest.param(SCREENS[-1], marks=pytest.mark.long)]


def named(screen: tuple[str, int]) -> str:
    """A screen in the name of a test."""
    return f"{'en' if screen[0] == 'English' else 'zh'}-{screen[1]}"


@dataclass
class Desk:
    """Somebody before a screen with nothing but a keyboard; ``complaints`` is what the browser found wrong."""

    page: Page
    address: str
    language: str
    complaints: list[str]

    def press(self, *keys: str) -> None:
        press(self.page, *keys)

    def go(self, key: str) -> None:
        """Press what leads to another page, and wait until that is there."""
        with self.page.expect_navigation():
            self.press(key)

    def reach(self, zh: str, en: str, role: str = "link") -> None:
        """Go by Tab to what bears a name in the reader's language."""
        name = en if self.language == "English" else zh
        wanted = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        tab_to(self.page, name, lambda: bool(wanted.evaluate("found => found === document.activeElement")))

    def says(self, zh: str, en: str) -> None:
        """The page says it in the reader's language alone."""
        shown, other = (en, zh) if self.language == "English" else (zh, en)
        said = self.page.locator("main")
        said.get_by_text(shown).first.wait_for()
        assert said.get_by_text(other, exact=True).count() == 0

    def sit_down(self, name: str) -> None:
        """Choose the language and log in."""
        self.page.goto(f"{self.address}/login")
        self.page.get_by_role("button", name=self.language).press("Enter")
        self.page.wait_for_selector("input[autofocus]:focus")
        self.page.keyboard.type(name)
        self.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.press("Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)


LONG = [pytest.param(screen, marks=pytest.mark.long) for screen in SCREENS[1:]]


@pytest.fixture(params=[SCREENS[0], *LONG], ids=named)
def desk(filled_web: Web, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Desk]:
    language, width = request.param
    complaints: list[str] = []
    with serving(filled_web.app) as address:
        context = browser.new_context(viewport={"width": width, "height": HEIGHT})
        context.on("console", lambda message: complaints.append(message.text))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("request", lambda asked: complaints.extend([] if asked.url.startswith(address) else [asked.url]))
        yield Desk(context.new_page(), address, language, complaints)
        close(context)
    assert complaints == []


@pytest.mark.parametrize("desk", [SCREENS[0], SCREENS[-1], *LONG[:-1]], indirect=True, ids=named)
def test_supervisor_clears_the_queue_and_hands_on_what_takes_two(desk: Desk) -> None:
    desk.sit_down("supervisor-a")
    desk.says("优先复核", "look first")
    desk.press("j")
    desk.go("Enter")
    desk.press("p")
    desk.page.keyboard.type("nobody near the bed, nothing heard")
    desk.press("Escape", "p")
    desk.page.wait_for_selector(".standing .pending_second_approval")
    desk.says("待第二人复核", "pending second approval")
    desk.go("n")
    desk.press("1")
    desk.page.wait_for_selector(".standing .closed")
    desk.says("误报", "false alarm")
    desk.go("n")
    assert desk.page.url == f"{desk.address}/"
    desk.says("这一类目前没有待处理的服务记录。", "Nothing waits here at the moment.")


@pytest.mark.parametrize("desk", TWO_SCREENS, indirect=True, ids=named)
def test_second_person_approves_what_another_proposed(desk: Desk, filled_web: Web) -> None:
    proposal = {"action": "propose", "outcome": "confirmed", "seen_version": 0, "note": "the bed was empty"}
    path = f"/api/v1/visits/{filled_web.visits['empty_order']}/steps"
    assert filled_web.client("supervisor-a").post(path, json=proposal).status_code == 200
    desk.sit_down("auditor")
    desk.reach("1 件等待第二人复核", "1 wait for a second person")
    desk.go("Enter")
    desk.reach("#3", "#3")
    desk.go("Enter")
    desk.reach("复核同意", "approve", "button")
    desk.press("Enter")
    desk.page.wait_for_selector(".standing .closed")
    desk.says("疑点属实", "suspicion confirmed")


def test_auditor_sees_within_a_minute_whether_a_caregivers_service_is_real_and_why(desk: Desk) -> None:
    desk.sit_down("auditor")
    desk.reach("护理员", "Caregiver", "textbox")
    desk.page.keyboard.type("caregiver-1")
    desk.go("Enter")
    desk.reach("caregiver-1", "caregiver-1")
    desk.go("Enter")
    desk.says("真实服务占比", "Share of genuine service")
    desk.says("估计由何而来", "What drives it")
    desk.reach("挂空单", "empty order")
    desk.go("Enter")
    desk.says("理由", "Reasons")
    desk.reach("逐项检查", "Check")
    desk.press("Enter")
    desk.says("记录未被改动", "The record is what was received")


@pytest.mark.parametrize("desk", TWO_SCREENS, indirect=True, ids=named)
def test_auditor_asks_a_question_takes_the_answer_away_and_keeps_it(desk: Desk) -> None:
    desk.sit_down("auditor")
    desk.reach("查询", "Query")
    desk.go("Enter")
    desk.reach("案件步骤", "case steps")
    desk.go("Enter")
    desk.reach("查询", "Ask", "button")
    desk.go("Enter")
    desk.reach("Excel", "Excel")
    with desk.page.expect_download() as taken:
        desk.press("Enter")
    assert taken.value.suggested_filename.endswith(".xlsx")
    desk.reach("名称", "Name", "textbox")
    desk.page.keyboard.type("what was done")
    desk.go("Enter")
    desk.page.get_by_text("what was done").first.wait_for()


def test_administrator_lets_somebody_in_and_the_trail_knows(desk: Desk) -> None:
    desk.sit_down("administrator")
    desk.reach("人员", "People")
    desk.go("Enter")
    desk.reach("登录名", "Name", "textbox")
    desk.page.keyboard.type("newcomer")
    desk.press("Tab", "ArrowDown", "Tab")
    desk.go("Enter")
    desk.page.wait_for_selector(".secret")
    desk.reach("留痕", "Trail")
    desk.go("Enter")
    desk.says("管理", "manage")
