"""Two visits through the whole device, at its screen: the program, the real models, a browser, and a broker that dies.

The first in Chinese by touch, the second in English by keyboard.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page

from edge_agent.codes import hashed
from edge_agent.identity import create_identity, open_identity, pin_server_key
from edge_agent.outbox import Outbox
from edge_agent.settings_file import read_settings
from tests.chromium import chromium, close, tab_to
from tests.edge_agent.broker import MortalBroker, ReceiptServer
from tests.edge_agent.test_run import VISIT, record_a_visit
from tests.kiosk.test_mirror import PICTURE, PIXELS, WIDE, come_true
from tests.whole import await_true, free_port
from visit_record.receipts import Receipt, sign_receipt
from visit_record.record import FaceEvidence, Liveness, NotObserved, VisitRecord
from visit_record.sealing import digest_of, open_record
from visit_record.vocabulary import Ending, IdentityMethod, LivenessMethod, NotObservedReason, ServiceRefusalReason

pytestmark = pytest.mark.browser
ORDERS = """
[[order]]
order = "morning"
caregiver = "caregiver-1"
recipient = "recipient-1"
planned_start = 2026-01-05T09:00:00+08:00
planned_duration_s = 600
items = ["feeding", "oral_care"]
[[order]]
order = "noon"
caregiver = "caregiver-2"
recipient = "recipient-1"
planned_start = 2026-01-05T11:00:00+08:00
planned_duration_s = 600
items = ["feeding"]
[[caregiver]]
id = "caregiver-2"
name = "caregiver two"
"""
SERVER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SLOW_MS = 60_000


@pytest.fixture
def broker() -> Iterator[MortalBroker]:
    mortal = MortalBroker()
    yield mortal
    mortal.kill()


@pytest.fixture
def device(tmp_path: Path, registry: Path, broker: MortalBroker) -> Path:
    create_identity(tmp_path / "device", "device-1", "agency-a")
    pin_server_key(tmp_path / "device", SERVER_KEY.public_key())
    settings = f'folder = "device"\nmodels = "{registry}"\n[broker]\nurl = "{broker.url}"\n'
    settings += "[kiosk]\nport = 0\n[checks]\ncheck_in_s = 4\ncheck_out_s = 2\n"
    settings += f"[metrics]\nport = {free_port()}\n"
    (tmp_path / "settings.toml").write_text(settings, "utf-8")
    pin = f'pin = "{hashed("4711", bytes(16))}"\n'
    (tmp_path / "device" / "orders.toml").write_text(ORDERS + pin, "utf-8")
    (tmp_path / "visit.toml").write_text(VISIT, "utf-8")
    record_a_visit(tmp_path)
    return tmp_path


@contextmanager
def running(device: Path, *how: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`edge-agent run --kiosk`, and where its screen is."""
    arguments = ["run", "--kiosk", "--settings", "settings.toml", *(how or ("--replay", "visit.toml"))]
    with (device / "log").open("w") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "edge_agent", *arguments],
            cwd=device,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert program.stdout is not None
            # It may first tell what it sealed that was cut short.
            told = next(line for line in program.stdout if line.startswith("屏幕 screen:"))
            yield program, told.split()[-1]
        finally:
            program.kill()
            program.wait()


def records(device: Path) -> list[VisitRecord]:
    key = open_identity(device / "device").key.public_key()
    with Outbox(device / "device" / "outbox.db", "device-1") as outbox:
        return [open_record(waiting.sealed, lambda _kid: key).record for waiting in outbox.pending(9)]


def told_of_itself(device: Path) -> str:
    """What Prometheus reads of the program at the screen."""
    port = read_settings(device / "settings.toml").metrics
    assert port is not None
    return httpx.get(f"http://127.0.0.1:{port.port}/metrics", trust_env=False).raise_for_status().text


def answering(device: Path) -> ReceiptServer:
    key = open_identity(device / "device").key.public_key()

    def answer(name: str, sealed: bytes) -> list[bytes]:
        seq = open_record(sealed, lambda _kid: key).record.chain.seq
        return [sign_receipt(Receipt(name, seq, digest_of(sealed), 0, 0), SERVER_KEY)]

    port = int((device / "settings.toml").read_text("utf-8").split("mqtt://127.0.0.1:")[1].split('"')[0])
    return ReceiptServer(port, answer)


def a_visit_by_touch(page: Page, in_its_middle: Callable[[], None]) -> None:
    page.locator("#order-morning").tap()
    page.get_by_text("双方都同意，签到").tap()
    page.locator("#act-feeding").tap(timeout=SLOW_MS)
    page.get_by_text("进行中", exact=False).first.wait_for()
    page.locator("#not-oral_care").tap()
    page.get_by_text("本人拒绝").tap()
    page.locator(".item.refused").wait_for()
    page.get_by_text("定位：已定位").wait_for(timeout=SLOW_MS)
    page.locator("#act-feeding").tap()
    page.locator(".item.given").wait_for()
    in_its_middle()
    page.locator("#leave").tap()
    page.locator("#check-out").tap()
    page.get_by_text("已封存，等待发送").wait_for(timeout=SLOW_MS)
    assert "1 号" in page.locator(".seal").inner_text()


def by_keys(page: Page, id_: str) -> None:
    page.wait_for_selector(f"#{id_}", timeout=SLOW_MS)
    tab_to(page, id_, lambda: page.evaluate("document.activeElement.id") == id_)
    page.keyboard.press("Enter")


def a_visit_by_keyboard(page: Page) -> None:
    by_keys(page, "to-orders")
    by_keys(page, "order-noon")
    by_keys(page, "nothing")
    by_keys(page, "other-way")
    page.wait_for_selector("#code-pin")
    tab_to(page, "PIN", lambda: page.evaluate("document.activeElement.id") == "code-pin")
    page.keyboard.type("4711")
    page.keyboard.press("Enter")
    page.get_by_text("Checked in by PIN").wait_for(timeout=SLOW_MS)
    by_keys(page, "leave")
    by_keys(page, "check-out")
    page.get_by_text("number 2").wait_for(timeout=SLOW_MS)


def test_two_visits_at_the_screen_while_the_broker_dies_and_comes_back(device: Path, broker: MortalBroker) -> None:
    with running(device) as (program, address), chromium() as browser:
        context = browser.new_context(viewport={"width": 1024, "height": 600}, has_touch=True)
        elsewhere: list[str] = []
        context.on("request", lambda it: None if it.url.startswith(address) else elsewhere.append(it.url))
        page = context.new_page()
        page.goto(address)
        # The longer it is away, the longer the device waits before it tries again.
        a_visit_by_touch(page, broker.kill)
        page.get_by_role("button", name="English").tap()
        page.get_by_text("sealed, waiting to be sent").wait_for()
        a_visit_by_keyboard(page)
        first, second = records(device)
        assert "\ncarewitness_records_waiting 2.0\n" in told_of_itself(device)
        broker.revive()
        with answering(device):
            page.get_by_text("received by the server").wait_for(timeout=SLOW_MS)
        close(context)
        program.send_signal(signal.SIGTERM)
        assert program.wait(30) == 0
    assert elsewhere == []
    assert records(device) == []
    assert first.who.order is not None
    assert (first.who.order.order, first.span.ending) == ("morning", Ending.CHECKED_OUT)
    assert [claim.item for claim in first.services.claimed] == ["feeding"]
    assert first.services.refused[0].reason is ServiceRefusalReason.RECIPIENT_REFUSED
    assert (second.who.caregiver, second.who.checked_in_by) == ("caregiver-2", IdentityMethod.PIN)
    assert {consent.granted for consent in second.who.consents} == {False}
    assert second.face == NotObserved(NotObservedReason.CONSENT_WITHHELD)


def feeding_begun(page: Page, address: str) -> None:
    """Somebody has checked in without consent to anything, and has begun."""
    page.goto(address)
    page.locator("#order-morning").click()
    page.get_by_text("都不同意，签到").click()
    page.locator("#act-feeding").click(timeout=SLOW_MS)
    page.locator(".item.under_way").wait_for()


@pytest.mark.long
def test_a_program_that_is_told_to_end_mid_visit_seals_what_was_seen(device: Path) -> None:
    with running(device) as (program, address), chromium() as browser:
        feeding_begun(browser.new_page(), address)
        program.send_signal(signal.SIGTERM)
        assert program.wait(30) == 0, (device / "log").read_text("utf-8")
    (record,) = records(device)
    assert record.span.ending is Ending.INTERRUPTED
    assert [claim.item for claim in record.services.claimed] == ["feeding"]


@pytest.mark.long
@pytest.mark.parametrize("ended", [signal.SIGKILL, signal.SIGTERM])
def test_whoever_comes_after_a_program_was_ended_mid_visit_is_told_and_checks_in_again(
    device: Path, ended: signal.Signals
) -> None:
    settings = (device / "settings.toml").read_text("utf-8").replace("port = 0", f"port = {free_port()}")
    (device / "settings.toml").write_text(settings, "utf-8")
    with chromium() as browser:
        page = browser.new_page()
        with running(device) as (program, address):
            feeding_begun(page, address)
            program.send_signal(ended)
            program.wait(30)
            page.get_by_text("屏幕和设备断开了").wait_for()
        with running(device) as (program, _):
            page.get_by_text("服务被中断，之前看到的都已封存。要继续，请再签到一次。").wait_for()
            page.locator("#to-orders").click()
            page.get_by_text("被中断（1 号），请再签到").click()
            page.get_by_text("都不同意，签到").click()
            page.locator("#leave").wait_for(timeout=SLOW_MS)
            program.send_signal(signal.SIGTERM)
            assert program.wait(30) == 0, (device / "log").read_text("utf-8")
    assert [record.span.ending for record in records(device)] == [Ending.INTERRUPTED] * 2


WHO = """
caregiver = "caregiver-1"
recipient = "recipient-1"
granted = []
consent_text = "1"
[[enrolled]]
caregiver = "caregiver-1"
faces = ["camera/portrait.png"]
"""


def film(folder: Path) -> None:
    """Two minutes of somebody who does not move, before a camera that has its noise as every camera has."""
    portrait, rng = cv2.imread(str(folder / "camera" / "portrait.png")), np.random.default_rng(1)
    assert portrait is not None
    small = cv2.resize(portrait, (256, 300))
    writer = cv2.VideoWriter(str(folder / "film.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 5, (256, 300))
    for _ in range(600):
        writer.write(cv2.add(small, rng.integers(0, 8, small.shape, np.uint8)))
    writer.release()


def orders_of_now(device: Path) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    orders = device / "device" / "orders.toml"
    orders.write_text(orders.read_text("utf-8").replace("2026-01-05T09:00:00+08:00", now), "utf-8")
    (device / "who.toml").write_text(WHO, "utf-8")


def assert_they_see_themselves_move(page: Page) -> None:
    """The film's own pictures, 256 wide, each with other noise."""
    moments = set[int]()

    def moves() -> bool:
        moments.update({page.evaluate(PIXELS)} if page.evaluate(WIDE) == 256 else ())
        return len(moments) > 1

    come_true(page, moves)


def assert_nobody_is_seen(page: Page, address: str) -> None:
    assert page.locator(PICTURE).count() == 0
    assert httpx.get(f"{address}/mirror", trust_env=False).status_code == 204


@pytest.mark.long
@pytest.mark.parametrize(("answer", "mirror"), [("都不同意，签到", "true"), ("双方都同意，签到", "false")])
def test_who_does_not_allow_the_face_is_not_shown_it_and_a_household_may_have_no_mirror(
    device: Path, answer: str, mirror: str
) -> None:
    film(device)
    orders_of_now(device)
    settings = (device / "settings.toml").read_text("utf-8").replace("[kiosk]\n", f"[kiosk]\nmirror = {mirror}\n")
    (device / "settings.toml").write_text(settings + '[camera]\nsource = "film.avi"\n', "utf-8")
    with running(device, "--visit", "who.toml") as (_, address), chromium() as browser:
        page = browser.new_page()
        page.goto(address)
        page.locator("#order-morning").click()
        page.get_by_text(answer).click()
        page.locator("#act-feeding").wait_for(timeout=SLOW_MS)
        for _ in range(20):
            assert_nobody_is_seen(page, address)
            page.wait_for_timeout(100)


@pytest.mark.long
def test_a_visit_that_is_lived_now_asks_a_face_for_movements_and_is_sealed(device: Path) -> None:
    film(device)
    orders_of_now(device)
    with (device / "settings.toml").open("a") as settings:
        settings.write('[camera]\nsource = "film.avi"\n')
    with running(device, "--visit", "who.toml") as (program, address), chromium() as browser:
        page = browser.new_page()
        page.goto(address)
        page.locator("#order-morning").click()
        page.get_by_text("双方都同意，签到").click()
        page.locator(PICTURE).wait_for(timeout=SLOW_MS)
        page.locator("svg.picture").wait_for()
        assert_they_see_themselves_move(page)
        page.get_by_text("已认出本人").wait_for(timeout=SLOW_MS)
        assert "没有该传感器" in page.locator(".strip").inner_text()
        assert_nobody_is_seen(page, address)
        page.locator("#leave").click()
        page.locator("#check-out").click()
        assert_they_see_themselves_move(page)
        page.get_by_text("1 号").wait_for(timeout=SLOW_MS)
        assert_nobody_is_seen(page, address)
        program.send_signal(signal.SIGTERM)
        assert program.wait(30) == 0, (device / "log").read_text("utf-8")
    (record,) = records(device)
    assert isinstance(record.face, FaceEvidence)
    check = record.face.checks[0]
    assert isinstance(check.liveness, Liveness)
    assert (check.liveness.method, check.liveness.passed) == (LivenessMethod.CHALLENGE, False)
    assert record.span.ending is Ending.CHECKED_OUT


def test_the_house_is_kept_though_nobody_comes(device: Path) -> None:
    with (device / "settings.toml").open("a") as settings:
        settings.write("[retention]\nhousekeeping_every_s = 0.5\n")
    reserve = device / "device" / "outbox.reserve"
    with running(device):
        reserve.unlink()
        await_true(reserve.exists)
