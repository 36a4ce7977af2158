"""Consent that is taken back by a touch, in a real browser, of sensors in threads of their own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from edge_agent.desk.asks import Ask, WithdrawConsent
from edge_agent.desk.live_desk import LiveDesk
from edge_agent.identity import create_identity
from edge_agent.kiosk.app import kiosk_app
from edge_agent.kiosk.serving import served
from edge_agent.outbox import Outbox
from edge_agent.supervision.gathering import LiveGathering
from tests.chromium import chromium
from tests.desk.room import GRANTED, ZONE, Room, arrive, open_room
from tests.edge_agent.stage import CHECK_IN_UTC_MS
from tests.edge_agent.test_consent_taken_back import camera, coverage, microphone
from tests.kiosk.conftest import ADDRESS
from tests.supervision.parts import QUICK, clock
from visit_record.vocabulary import Modality, NotObservedReason


@pytest.mark.browser
@pytest.mark.long
def test_a_touch_closes_the_sensor_and_the_record_says_that_consent_was_withheld(tmp_path: Path) -> None:
    eye, ear = camera(), microphone()
    live = LiveGathering(QUICK, clock, lambda: clock() + CHECK_IN_UTC_MS)
    identity = create_identity(tmp_path / "identity", "device-1", "agency-a")
    with (
        Outbox(tmp_path / "outbox.db", "device-1") as outbox,
        open_room(identity, outbox, sensors=lambda: [eye, ear], live=live) as room,
        served(kiosk_app(room.desk, ZONE), 0) as address,
        chromium() as browser,
    ):
        page = browser.new_context(viewport={"width": 800, "height": 480}, has_touch=True).new_page()
        room.desk.ask(arrive("order-1", GRANTED))
        room.any_visit()
        page.goto(address)
        page.locator("#consents").tap()
        page.locator("#withdraw-face").wait_for()
        assert not eye.closed.is_set()
        page.locator("#withdraw-face").tap()
        # From the finger through browser, server and desk to the sensor's own thread.
        assert eye.closed.wait(5)
        page.locator(".strip").get_by_text("未获同意").wait_for()
        heard = len(ear.gave_ms)
        page.locator("#leave").tap()
        page.locator("#check-out").tap()
        room.wait(lambda view: view.sealed is not None)
        assert len(ear.gave_ms) > heard, "the microphone goes on"
        (record,) = room.records()
    assert coverage(record, Modality.FACE) is NotObservedReason.CONSENT_WITHHELD
    assert coverage(record, Modality.SOUND) is not NotObservedReason.CONSENT_WITHHELD


@dataclass
class TwoAtOnce:
    """The desk of a room where somebody closes the face just before whoever wants all closed is heard."""

    desk: LiveDesk
    room: Room

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a desk has
        return getattr(self.desk, name)

    def ask(self, ask: Ask) -> None:
        if ask == WithdrawConsent(Modality.FACE):
            self.desk.ask(ask)
            self.room.visit(lambda visit: not any(one.is_used for one in visit.senses if one.modality is Modality.FACE))
        self.desk.ask(ask)


def test_all_is_closed_though_another_hand_closed_one_of_them_meanwhile(tmp_path: Path) -> None:
    eye, ear = camera(), microphone()
    live = LiveGathering(QUICK, clock, lambda: clock() + CHECK_IN_UTC_MS)
    identity = create_identity(tmp_path / "identity", "device-1", "agency-a")
    with (
        Outbox(tmp_path / "outbox.db", "device-1") as outbox,
        open_room(identity, outbox, sensors=lambda: [eye, ear], live=live) as room,
    ):
        room.desk.ask(arrive("order-1", GRANTED))
        room.visit(
            lambda visit: {Modality.FACE, Modality.SOUND} <= {one.modality for one in visit.senses if one.is_used}
        )
        screen = TestClient(kiosk_app(TwoAtOnce(room.desk, room), ZONE), base_url=ADDRESS, follow_redirects=False)
        answer = screen.post("/consents/withdraw", data={"sense": "all"}, headers={"Origin": ADDRESS})
        assert answer.status_code == 303
        assert eye.closed.wait(5)
        assert ear.closed.wait(5), "the microphone is closed too"
