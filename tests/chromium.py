"""A real browser before a real server: for tests, and for looking at the pages.

with serving(web.app) as address, chromium() as browser:
    photograph(browser, address, "/", Path("queue.png"), width=1280, dark=True, log_in_as=("auditor", PASSWORD))
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import httpx
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

EXECUTABLE = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HEIGHT = 900
# Longer than any page of a test has things to stop at.
MOST_TABS = 300


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The app on a free port of this machine; its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline_s = time.monotonic() + 60
    while not server.started and time.monotonic() < deadline_s:
        time.sleep(0.02)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; a test is skipped where there is none."""
    if not EXECUTABLE.exists():
        pytest.skip(f"no {EXECUTABLE}: install Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(EXECUTABLE), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def logged_in(
    browser: Browser, address: str, name: str | None, password: str, *, width: int = 1280, dark: bool = False
) -> BrowserContext:
    """A window of its own, with the session that the form gives ``name``; with ``None``, without one."""
    scheme: Literal["dark", "light"] = "dark" if dark else "light"
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
    if name is not None:
        form = {"name": name, "password": password}
        given = httpx.post(f"{address}/login", data=form, headers={"Origin": address})
        assert given.has_redirect_location, given.text
        context.add_cookies([{"name": key, "value": value, "url": address} for key, value in given.cookies.items()])
    return context


def close(context: BrowserContext) -> None:
    """Close a window; one that is closed on its way to another page may never close."""
    for page in context.pages:
        # What it was on its way to may come instead, and then it has arrived.
        with suppress(Error):
            page.goto("about:blank")
    context.close()


def press(page: Page, *keys: str) -> None:
    """Press keys that a page's own script hears; what a page says is found before that has come."""
    page.wait_for_load_state()
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, what: str, reached: Callable[[], bool]) -> None:
    """Go on by Tab alone, with no mouse, until what is wanted has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if reached():
            return
    raise AssertionError(f"no way to {what} by Tab")


def photograph(context: BrowserContext, url: str, file: Path) -> None:
    """Store the whole page as a PNG."""
    page: Page = context.new_page()
    page.goto(url)
    # No picture of a chart's empty place.
    page.wait_for_selector("[aria-busy]", state="detached")
    page.screenshot(path=file, full_page=True)
    page.close()


def too_wide(page: Page) -> int:
    """By how many pixels a page, with everything opened, is wider than its window."""
    # What a page says is found before its style has come, and without it every page is too wide.
    page.wait_for_load_state()
    page.evaluate("document.querySelectorAll('details').forEach(found => found.open = true)")
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def shut_out(page: Page) -> list[tuple[str, list[str]]]:
    """What of a page shuts somebody out, as axe-core finds: its rule, and where."""
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    grave = [one for one in found if one["impact"] in {"serious", "critical"}]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in grave]
