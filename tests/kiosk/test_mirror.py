"""The mirror on the screen: one stream of pictures, in a real browser and without one."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import cv2
import httpx
import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from edge_agent.kiosk.app import kiosk_app
from edge_agent.kiosk.mirror import EVERY_S, MOST_STREAMS, WIDTH_PX, Turns, jpeg
from edge_agent.kiosk.serving import served
from edge_agent.readings import CameraFrame
from tests.chromium import close
from tests.desk.room import ZONE
from tests.kiosk.drawn import DOOR, WALL, drawn
from tests.kiosk.fake import IDLE, VIEWS, FakeDesk

LOOKING, IN_CARE = VIEWS["looking"], VIEWS["not recognised"]
PICTURE = ".mirror img"
# Of the picture as the page shows it: how wide it is, and the bytes of its pixels, as one number.
WIDE = f"document.querySelector('{PICTURE}')?.naturalWidth"
PIXELS = f"""() => {{
    const it = document.querySelector('{PICTURE}'), on = document.createElement('canvas');
    [on.width, on.height] = [it.naturalWidth, it.naturalHeight];
    on.getContext('2d').drawImage(it, 0, 0);
    const {{ data }} = on.getContext('2d').getImageData(0, 0, on.width, on.height);
    return data.reduce((sum, one, at) => sum + one * (at % 997), 0);
}}"""


def ticking() -> CameraFrame:
    """A picture of this moment, five a second."""
    return drawn(time.monotonic_ns() // 200_000_000 * 200)


@pytest.fixture
def address(desk: FakeDesk) -> Iterator[str]:
    desk.sees = ticking
    with served(kiosk_app(desk, ZONE), 0) as found:
        yield found


def parts_of(answer: bytes) -> list[tuple[str, bytes]]:
    """The parts of a stream, each with its kind."""
    opening, *parts = answer.split(b"--picture\r\n")
    assert opening == b""
    assert parts.pop() == b"", "behind each part stands where it ends"
    heads = [part.partition(b"\r\n\r\n") for part in parts]
    return [(head.split(b"\r\n")[0].decode().removeprefix("Content-Type: "), body[:-2]) for head, _, body in heads]


def read(picture: bytes) -> NDArray[np.uint8]:
    bgr = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert bgr is not None
    return np.asarray(bgr[:, :, ::-1], np.uint8)


def seen_of(desk: FakeDesk, screen: TestClient, frames: list[CameraFrame | None]) -> list[tuple[str, bytes]]:
    """What a screen is sent that asks before all these, until the look is over."""
    waiting = [None, *frames]

    def gives() -> CameraFrame | None:
        desk.shown = LOOKING if len(waiting) > 1 else IN_CARE
        return waiting.pop(0)

    desk.shown, desk.sees = LOOKING, gives
    answer = screen.get("/mirror")
    assert answer.headers["content-type"] == "multipart/x-mixed-replace; boundary=picture"
    assert answer.headers["cache-control"] == "no-store"
    return parts_of(answer.content)


@pytest.mark.parametrize("name", [name for name in VIEWS if name not in {"looking", "looking, nearer", "leaving"}])
def test_where_nobody_is_looked_at_there_is_nothing(desk: FakeDesk, screen: TestClient, name: str) -> None:
    desk.shown, desk.sees = VIEWS[name], ticking
    answer = screen.get("/mirror")
    assert (answer.status_code, answer.content) == (204, b"")
    assert '"/mirror"' not in screen.get("/").text


def test_each_picture_is_sent_once_and_the_stream_begins_and_ends_with_nobody(
    desk: FakeDesk, screen: TestClient
) -> None:
    first, second = drawn(1_000), drawn(1_200)
    parts = seen_of(desk, screen, [None, first, first, second, second])
    assert [kind for kind, _ in parts] == ["image/gif", "image/jpeg", "image/jpeg", "image/gif"]
    assert parts[0] == parts[-1]
    assert read(parts[0][1]).shape == (1, 1, 3)
    assert [body for _, body in parts[1:-1]] == [jpeg(first.rgb), jpeg(second.rgb)]


def test_left_is_on_the_left_as_in_a_mirror_and_colours_are_those_of_the_room() -> None:
    shown = read(jpeg(drawn(0).rgb))
    assert shown.shape == (240, WIDTH_PX, 3)
    assert np.abs(shown[120, 320 - 60].astype(int) - DOOR).max() < 12, "the door to their right is on the right"
    assert np.abs(shown[120, 60].astype(int) - WALL).max() < 12


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (480, 640), (64, 48), (1, 1)])
def test_any_camera_s_picture_keeps_its_shape_and_is_never_made_larger(width: int, height: int) -> None:
    shown = read(jpeg(drawn(0, width=width, height=height).rgb))
    assert shown.shape[1] == min(WIDTH_PX, width)
    assert shown.shape[0] == pytest.approx(height * shown.shape[1] / width, abs=1)


def test_a_picture_is_small_enough_to_be_sent_many_times() -> None:
    noisy = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    assert len(jpeg(drawn(0).rgb)) < 12_000
    assert len(jpeg(noisy)) < 60_000


def test_only_the_newest_turns_go_on() -> None:
    turns = Turns(2)
    came = [turns.next() for _ in range(4)]
    assert [may_go_on() for may_go_on in came] == [False, False, True, True]


def test_streams_do_not_pile_up(desk: FakeDesk, address: str) -> None:
    desk.shown = LOOKING
    with ExitStack() as open_streams, httpx.Client(trust_env=False) as client:
        first, *others = (
            open_streams.enter_context(client.stream("GET", f"{address}/mirror")) for _ in range(MOST_STREAMS + 1)
        )
        assert first.read().count(b"image/gif") == 2, "the oldest has ended, with nobody"
        for one in others:
            assert sum(b"image/jpeg" in chunk for _, chunk in zip(range(4), one.iter_raw(), strict=False)) > 0


def test_a_stream_ends_as_soon_as_the_look_does(desk: FakeDesk, address: str) -> None:
    desk.shown = LOOKING
    with httpx.stream("GET", f"{address}/mirror", trust_env=False) as stream:
        chunks = stream.iter_raw()
        next(chunks)
        desk.shown, ended_s = IN_CARE, time.monotonic()
        last = b"".join(chunks)
        assert time.monotonic() - ended_s < 4 * EVERY_S
    assert last.rstrip().endswith(b"--picture")
    assert parts_of(b"--picture\r\n" + last[last.rindex(b"Content-Type") :])[0][0] == "image/gif"


def test_an_open_stream_does_not_hold_up_the_end_of_the_program(desk: FakeDesk) -> None:
    desk.shown, desk.sees = LOOKING, ticking
    with ExitStack() as stack:
        with served(kiosk_app(desk, ZONE), 0) as address:
            stream = stack.enter_context(httpx.stream("GET", f"{address}/mirror", trust_env=False))
            next(stream.iter_raw())
            ending_s = time.monotonic()
        assert time.monotonic() - ending_s < 3


def come_true(page: Page, question: Callable[[], object]) -> None:
    for _ in range(100):
        if question():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come true in time")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 800, "height": 480})
    yield context.new_page()
    close(context)


@pytest.mark.browser
def test_whoever_is_looked_at_sees_themselves_move_until_the_look_is_over(
    desk: FakeDesk, address: str, page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    desk.shown = IDLE
    page.goto(address)
    page.wait_for_timeout(300)
    assert "/mirror" not in asked
    desk.shown = LOOKING
    page.locator(PICTURE).wait_for()
    come_true(page, lambda: page.evaluate(WIDE) == WIDTH_PX)
    moments = set[int]()

    def moves() -> bool:
        moments.add(page.evaluate(PIXELS))
        return len(moments) > 3

    come_true(page, moves)
    desk.shown = IN_CARE
    page.locator(PICTURE).wait_for(state="detached")
    assert asked.count("/mirror") == 1


@pytest.mark.browser
def test_what_is_asked_changes_beside_the_picture_which_stays(desk: FakeDesk, address: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    desk.shown = LOOKING
    page.goto(address)
    page.evaluate(f"document.querySelector('{PICTURE}').same = 'yes'")
    for name, said in (("looking, nearer", "请靠近一点"), ("looking", "请向左转头"), ("looking, nearer", "离家 9 米")):
        desk.shown = VIEWS[name]
        page.get_by_text(said).wait_for()
    assert page.evaluate(f"document.querySelector('{PICTURE}').same") == "yes"
    assert asked.count("/mirror") == 1


@pytest.mark.browser
def test_without_scripts_it_is_seen_too_and_nobody_stays_in_it(desk: FakeDesk, address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    desk.shown = LOOKING
    page.goto(address)
    wide = page.locator(PICTURE)
    come_true(page, lambda: wide.evaluate("it => it.naturalWidth") == WIDTH_PX)
    desk.shown = IN_CARE
    come_true(page, lambda: wide.evaluate("it => it.naturalWidth") == 1)
    close(context)


@pytest.mark.browser
def test_a_screen_that_is_loaded_again_and_again_leaves_no_streams_behind(
    desk: FakeDesk, address: str, page: Page
) -> None:
    shown: list[float] = []

    def gives() -> CameraFrame:
        shown.append(time.monotonic())
        return ticking()

    desk.shown, desk.sees = LOOKING, gives
    for _ in range(15):
        page.goto(address)
    come_true(page, lambda: page.evaluate(WIDE) == WIDTH_PX)
    page.wait_for_timeout(500)
    shown.clear()
    page.wait_for_timeout(1_000)
    assert len(shown) <= 1 / EVERY_S + 1, "one screen, one stream"
    page.goto(f"{address}/orders")
    come_true(page, lambda: shown and time.monotonic() - shown[-1] > 1)


@pytest.mark.browser
def test_of_a_program_that_is_gone_no_picture_stays(desk: FakeDesk, page: Page) -> None:
    desk.shown, desk.sees = LOOKING, ticking
    with served(kiosk_app(desk, ZONE), 0) as address:
        page.goto(address)
        come_true(page, lambda: page.evaluate(WIDE) == WIDTH_PX)
    page.locator(PICTURE).wait_for(state="detached")
