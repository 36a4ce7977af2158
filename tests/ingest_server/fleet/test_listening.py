"""Since when somebody listens to devices."""

import pytest

from ingest_server.fleet.listening import LONGEST_GAP_MS, Listening, still_listening

SINCE_MS, UNTIL_MS = 1_000_000_000, 1_500_000_000
CASES: dict[str, tuple[Listening | None, int, int]] = {
    "nobody listened before": (None, UNTIL_MS, UNTIL_MS),
    "goes on": (Listening(SINCE_MS, UNTIL_MS), UNTIL_MS + 30_000, SINCE_MS),
    "was renewed": (Listening(SINCE_MS, UNTIL_MS), UNTIL_MS + LONGEST_GAP_MS, SINCE_MS),
    "was off": (Listening(SINCE_MS, UNTIL_MS), UNTIL_MS + LONGEST_GAP_MS + 1, UNTIL_MS + LONGEST_GAP_MS + 1),
    "clock was put back": (Listening(SINCE_MS, UNTIL_MS), UNTIL_MS - 1, UNTIL_MS - 1),
}


@pytest.mark.parametrize("case", CASES)
def test_who_listens_now_has_listened_since(case: str) -> None:
    before, now_ms, since_ms = CASES[case]
    assert still_listening(before, now_ms) == Listening(since_ms, now_ms)
