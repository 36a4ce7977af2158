"""Visits at the screen of a device that systemd started, and what befalls them."""

import signal

import pytest
from playwright.sync_api import Page

from tests.booted.conftest import SCREEN
from tests.booted.machine import Machine
from tests.whole import Server, await_true

pytestmark = pytest.mark.booted
AGENT = "carewitness-agent"
PATIENCE_MS = 90_000


def begun(page: Page, order: str) -> None:
    page.goto(f"{SCREEN}/orders")
    page.locator(f"#order-{order}").click(timeout=PATIENCE_MS)
    page.get_by_text("双方都同意，签到").click()
    page.locator("#act-feeding").click(timeout=PATIENCE_MS)
    page.locator(".item.under_way").wait_for()
    page.get_by_text("离家 0 米").wait_for(timeout=PATIENCE_MS)


def arrived(server: Server, count: int) -> dict[str, object]:
    await_true(lambda: len(server.visits()) >= count, 120)
    listed = max(server.visits(), key=lambda one: one["check_in_ms"])
    found: dict[str, object] = server.asked(f"visits/{listed['visit']}")["record"]
    return found


def test_a_visit_at_the_screen_arrives_at_the_server(device: Machine, screen: Page, server: Server) -> None:
    before = len(server.visits())
    begun(screen, "morning")
    screen.locator("#act-feeding").click()
    screen.locator(".item.given").wait_for()
    screen.locator("#leave").click()
    screen.locator("#check-out").click()
    screen.get_by_text("服务器已收到").wait_for(timeout=PATIENCE_MS)
    record = arrived(server, before + 1)
    assert record["span"]["ending"] == "checked_out"  # type: ignore[index]
    assert record["swversion"] == device.release("current")


def test_a_visit_that_the_power_cut_is_sealed_at_the_next_start(device: Machine, screen: Page, server: Server) -> None:
    before = len(server.visits())
    begun(screen, "noon")
    screen.wait_for_timeout(2_000)
    device.power_cut()
    device.start()
    device.await_settled()
    record = arrived(server, before + 1)
    assert record["span"]["ending"] == "interrupted"  # type: ignore[index]


def test_an_agent_that_hangs_is_started_anew_by_the_watchdog(device: Machine) -> None:
    pid, restarts = device.unit(AGENT, "MainPID"), int(device.unit(AGENT, "NRestarts"))
    device.done("kill", f"-{signal.SIGSTOP.value}", pid)
    await_true(lambda: device.unit(AGENT, "MainPID") not in {pid, "0"}, 180)
    assert int(device.unit(AGENT, "NRestarts")) == restarts + 1
    assert "Watchdog timeout" in device.journal(AGENT)
    await_true(lambda: device.unit(AGENT, "ActiveState") == "active", 60)


def test_an_agent_that_cannot_start_is_left_and_tried_again_by_itself(device: Machine) -> None:
    settings = "/var/lib/carewitness/settings.toml"
    device.done("mv", settings, f"{settings}.away")
    device.done("tee", settings, given="no settings\n")
    device.asked("systemctl", "restart", AGENT)
    await_true(lambda: device.unit(AGENT, "ActiveState") == "failed", 180)
    assert "Start request repeated too quickly" in device.journal(AGENT)
    device.done("mv", f"{settings}.away", settings)
    # By its timer, five minutes after it looked last; nobody waits for that here.
    device.done("systemctl", "start", "carewitness-again")
    await_true(lambda: device.unit(AGENT, "ActiveState") == "active", 60)
