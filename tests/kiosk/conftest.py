import pytest
from fastapi.testclient import TestClient

from edge_agent.kiosk.app import kiosk_app
from tests.desk.room import ZONE
from tests.kiosk.fake import FakeDesk

ADDRESS = "http://127.0.0.1:8600"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def screen(desk: FakeDesk) -> TestClient:
    client = TestClient(kiosk_app(desk, ZONE), base_url=ADDRESS, follow_redirects=False)
    client.headers["Origin"] = ADDRESS
    return client
