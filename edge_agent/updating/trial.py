"""A new release is on trial until it was healthy for a while; what is to become of it. Pure: clocks are arguments."""

from enum import StrEnum

from msgspec import Struct

from edge_agent.pulse import Alive

FRESH_MS = 10_000
"""A beat older than this is a hung program's."""


class Patience(Struct, frozen=True):
    """How long a release may take to prove itself."""

    healthy_ms: int = 60_000
    """So long must it have been at work without a restart."""

    deadline_ms: int = 300_000
    """So long it has for that, from the switch or from the machine's start."""

    most_starts: int = 3
    """The machine may start so often meanwhile: a release that takes the whole machine down meets no deadline."""


class Trial(Struct, frozen=True, forbid_unknown_fields=True):
    """A release that runs and has not proven itself yet."""

    release: str
    boot: str
    """The machine's start in which the clock below counts."""

    since_ms: int
    """Monotonic time from which the deadline counts."""

    starts: int = 1


class Moment(Struct, frozen=True):
    """Now: the machine's start and its monotonic clock."""

    boot: str
    now_ms: int


class Verdict(StrEnum):
    """What becomes of the release on trial."""

    WAIT = "wait"
    CONFIRM = "confirm"
    ROLL_BACK = "roll_back"


def resumed(trial: Trial, moment: Moment) -> Trial:
    """The trial, its deadline counted anew where the machine has started anew."""
    if trial.boot == moment.boot:
        return trial
    return Trial(trial.release, moment.boot, moment.now_ms, trial.starts + 1)


def judged(trial: Trial, program: str, alive: Alive | None, moment: Moment, patience: Patience) -> Verdict:
    """What to do; ``program`` is the environment of the release on trial."""
    if trial.starts > patience.most_starts:
        return Verdict.ROLL_BACK
    if alive is not None and alive.program == program and _is_healthy(alive, moment.now_ms, patience):
        return Verdict.CONFIRM
    return Verdict.ROLL_BACK if moment.now_ms - trial.since_ms > patience.deadline_ms else Verdict.WAIT


def is_fresh(alive: Alive, now_ms: int) -> bool:
    """Whether the last beat is a living program's. One from the future is of an earlier start of the machine."""
    return 0 <= now_ms - alive.beat_ms <= FRESH_MS


def _is_healthy(alive: Alive, now_ms: int, patience: Patience) -> bool:
    return is_fresh(alive, now_ms) and alive.beat_ms - alive.ready_since_ms >= patience.healthy_ms
