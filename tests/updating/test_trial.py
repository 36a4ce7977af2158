"""When a release is confirmed, when taken back, when left alone; the clock is an argument."""

from dataclasses import dataclass

import pytest

from edge_agent.pulse import Alive
from edge_agent.updating.trial import Moment, Patience, Trial, Verdict, judged, resumed

HERE, PATIENCE = "/releases/7-0.2.0/venv", Patience(healthy_ms=60_000, deadline_ms=300_000, most_starts=3)


@dataclass(frozen=True)
class Case:
    verdict: Verdict
    now_ms: int
    alive: Alive | None = None
    starts: int = 1


CASES = {
    "not up yet": Case(Verdict.WAIT, 30_000),
    "up, not for long enough": Case(Verdict.WAIT, 60_000, Alive(HERE, 5_000, 59_500, visit=False)),
    "healthy": Case(Verdict.CONFIRM, 66_000, Alive(HERE, 5_000, 65_500, visit=False)),
    "healthy in a visit": Case(Verdict.CONFIRM, 66_000, Alive(HERE, 5_000, 65_500, visit=True)),
    "long healthy, then hung": Case(Verdict.WAIT, 120_000, Alive(HERE, 5_000, 80_000, visit=False)),
    "hung until its time was up": Case(Verdict.ROLL_BACK, 300_001, Alive(HERE, 5_000, 80_000, visit=False)),
    "never up": Case(Verdict.ROLL_BACK, 300_001),
    "on the last moment": Case(Verdict.WAIT, 300_000),
    "restarting again and again": Case(Verdict.ROLL_BACK, 300_001, Alive(HERE, 280_000, 300_000, visit=False)),
    "the old program still at work": Case(
        Verdict.WAIT, 66_000, Alive("/releases/6-0.1.0/venv", 0, 65_500, visit=False)
    ),
    "a beat of an earlier start": Case(Verdict.WAIT, 66_000, Alive(HERE, 5_000, 900_000, visit=False)),
    "the machine started too often": Case(Verdict.ROLL_BACK, 1_000, starts=4),
    "the machine started often": Case(Verdict.WAIT, 1_000, starts=3),
}


@pytest.mark.parametrize("name", CASES)
def test_verdict_on_a_release(name: str) -> None:
    case = CASES[name]
    trial = Trial("7-0.2.0", "boot", 0, case.starts)
    assert judged(trial, HERE, case.alive, Moment("boot", case.now_ms), PATIENCE) is case.verdict


def test_the_deadline_counts_anew_after_a_start_of_the_machine_and_the_start_is_counted() -> None:
    trial = Trial("7-0.2.0", "first", 200_000, 1)
    assert resumed(trial, Moment("first", 900_000)) == trial
    assert resumed(trial, Moment("second", 4_000)) == Trial("7-0.2.0", "second", 4_000, 2)
