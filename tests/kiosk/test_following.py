"""Streams of events that were left: whoever comes after them is heard at once."""

import time

import httpx

from edge_agent.kiosk.app import kiosk_app
from edge_agent.kiosk.serving import served
from tests.desk.room import ZONE
from tests.kiosk.fake import FakeDesk

# More than asyncio has threads of its own on any device of ours.
LEFT = 40


class QuietDesk(FakeDesk):
    """Nothing changes there."""

    def await_change(self, version: int, timeout_s: float) -> int:
        time.sleep(timeout_s)
        return version


def first_word_s(address: str) -> float:
    """How long until a page hears something; it is left then, while its stream waits for the next change."""
    began_s = time.monotonic()
    with httpx.stream("GET", f"{address}/events/orders", trust_env=False, timeout=20) as answer:
        next(line for line in answer.iter_lines() if line.startswith("data"))
        return time.monotonic() - began_s


def test_pages_that_were_left_keep_no_later_one_waiting() -> None:
    with served(kiosk_app(QuietDesk(), ZONE), 0) as address:
        assert max(first_word_s(address) for _ in range(LEFT)) < 2.5
