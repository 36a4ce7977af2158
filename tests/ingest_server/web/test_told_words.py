"""Whatever somebody tells in a device's name: its page fits, runs nothing, and turns nothing around."""

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Dialog

from tests.chromium import close, logged_in, serving, shut_out, too_wide
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.told import MINUTE_MS, WELL, saying
from tests.ingest_server.web.conftest import PASSWORD, Web, tell
from visit_record.health import Latency, MachineHealth, QueueHealth, SensorHealth

MARKUP = "<img src=x onerror=alert(1)>"
LONG = "W" * 64
FROM_THE_RIGHT = "\u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627 7"
LAST_MS = 253_402_300_799_999
MOST = 2**31 - 1
WORDS = (MARKUP, LONG, FROM_THE_RIGHT, "字" * 64)
HOSTILE = replace(
    WELL,
    at_ms=LAST_MS,
    swversion=LONG,
    machine=MachineHealth(1_000.0, MOST, 0.0, 1e12, False, 1e12),
    queue=QueueHealth(MOST, LAST_MS, MOST, MOST, False),
    sensors=tuple(SensorHealth(word, word, word) for word in WORDS)
    + tuple(SensorHealth(f"s{number}", "failed", LONG) for number in range(12)),
    latencies=tuple(Latency(word, MOST, 1e12, 1e12) for word in WORDS),
    fitted=(*WORDS, *(f"s{number}" for number in range(12))),
)


@pytest.fixture
def hostile_web(empty_web: Web) -> Web:
    tell(empty_web, *(saying(HOSTILE, NOW_MS - ago * MINUTE_MS) for ago in range(120, -1, -10)))
    return empty_web


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.long)])
def test_page_fits_and_runs_nothing_whatever_is_told(hostile_web: Web, browser: Browser, width: int) -> None:
    with serving(hostile_web.app) as address:
        context = logged_in(browser, address, "administrator", PASSWORD, width=width)
        page = context.new_page()
        said: list[str] = []

        def speak(dialog: Dialog) -> None:
            said.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", speak)
        page.goto(f"{address}/devices/device-1/health")
        assert (too_wide(page), shut_out(page), said) == (0, [], [])
        assert page.locator("img").count() == 0
        close(context)


def test_word_that_reads_from_the_right_is_kept_apart(hostile_web: Web) -> None:
    page = hostile_web.client("administrator").get("/devices/device-1/health").text
    assert page.count(f"<bdi>{FROM_THE_RIGHT}</bdi>") >= 3
    assert f">{FROM_THE_RIGHT}<" not in page.replace(f"<bdi>{FROM_THE_RIGHT}</bdi>", "")


def test_device_of_a_name_of_any_length_is_refused(hostile_web: Web) -> None:
    client = hostile_web.client("administrator")
    for path in ("/devices/{}/health", "/api/v1/devices/{}", "/api/v1/devices/{}/hours"):
        assert client.get(path.format("x" * 10_000)).status_code in {400, 404, 422}, path
