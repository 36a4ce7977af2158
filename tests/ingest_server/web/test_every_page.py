"""Every page in a real browser: it fits, is quiet, asks nobody else for anything, and shuts nobody out."""

import pytest
from playwright.sync_api import Browser

from tests.chromium import close, logged_in, shut_out, too_wide
from tests.ingest_server.web.conftest import PASSWORD, Web
from tests.ingest_server.web.every_page import READERS, broken_pages, page_routes, pages_of

NARROW = 390
pytestmark = pytest.mark.browser


def test_every_page_of_the_route_table_is_looked_at(web: Web) -> None:
    looked_at = {path for name in READERS for path in pages_of(web, name)}
    missed = dict(page_routes(web))
    for template, path in page_routes(web).items():
        answers = [web.client(name).get(path) for name in READERS]
        shown = path in looked_at
        leads_on = any(answer.status_code == 303 for answer in answers)
        is_a_file = any("content-disposition" in answer.headers for answer in answers)
        if shown or leads_on or is_a_file:
            del missed[template]
    # What a script puts into the page of the overview, and is looked at there.
    assert set(missed) == {"/overview/charts"}


# Each width of a desk and a telephone's; the others by name.
AT_WIDTHS = [
    pytest.param(name, width, marks=[pytest.mark.long] if width not in shown else [])
    for name, shown in (("auditor", {1920, NARROW}), ("administrator", {NARROW}), ("supervisor-a", {NARROW}))
    for width in (1920, 1280, 1000, NARROW)
]


@pytest.mark.parametrize(("name", "width"), AT_WIDTHS)
def test_pages_fit_are_quiet_and_stay_on_this_host(
    web: Web, address: str, browser: Browser, width: int, name: str
) -> None:
    context = logged_in(browser, address, name, PASSWORD, width=width)
    hosts: set[str] = set()
    complaints: list[str] = []
    context.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    context.on("console", lambda message: complaints.append(message.text))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    for path in pages_of(web, name):
        page.goto(address + path)
        assert too_wide(page) == 0, f"{path} at {width}"
    assert complaints == []
    assert hosts == {address.removeprefix("http://")}
    close(context)


# What an auditor is shown a supervisor is too, but for a few pages: those by name, and by day.
LOOKS = [
    pytest.param(name, width, dark, marks=[pytest.mark.long] if name == "auditor" or not dark else [])
    for name in READERS
    for width, dark in ((1280, False), (NARROW, True))
]


@pytest.mark.parametrize(("name", "width", "dark"), LOOKS)
def test_nothing_on_a_page_shuts_anybody_out(  # noqa: PLR0917 - each is a fixture or a case
    web: Web, address: str, browser: Browser, width: int, dark: bool, name: str
) -> None:
    context = logged_in(browser, address, name, PASSWORD, width=width, dark=dark)
    page = context.new_page()
    for path in pages_of(web, name):
        page.goto(address + path)
        assert shut_out(page) == [], path
    close(context)


@pytest.mark.parametrize(("name", "width", "dark"), LOOKS)
def test_refusals_fit_and_shut_nobody_out(  # noqa: PLR0917 - each is a fixture or a case
    web: Web, address: str, browser: Browser, width: int, dark: bool, name: str
) -> None:
    context = logged_in(browser, address, name, PASSWORD, width=width, dark=dark)
    page = context.new_page()
    for asked in broken_pages(web, page, address, name):
        assert too_wide(page) == 0, asked
        assert shut_out(page) == [], asked
    close(context)
