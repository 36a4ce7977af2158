"""The walk itself: one check after the other, whatever the one before found."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from edge_agent.errors import EdgeError
from edge_agent.selftest.asked_checks import AskedCheck
from edge_agent.selftest.finding import Finding, Step, Verdict, failed
from visit_record.bilingual import Words

_SEND_IT_IN = Words(
    "请把这一行交给支持人员；其余信息用 sudo carewitness-support /mnt 打包到 U 盘",
    "give this line to whoever helps; `sudo carewitness-support /mnt` bundles the rest onto a stick",
)


class Check(Protocol):
    """Looks at one thing. ``subject`` tells apart several of one step, as models; empty where there is one."""

    @property
    def step(self) -> Step:
        """The step that it is part of."""
        ...

    @property
    def subject(self) -> str:
        """Which one of the step it looks at."""
        ...

    def look(self) -> Finding:
        """Look, in bounded time.

        Raises:
            EdgeError: what is wrong, where the check has no better words for it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Looked:
    """A check that was made, what it found, and how long that took."""

    check: Check
    finding: Finding
    took_ms: int


def walk(
    checks: Iterable[Check],
    under_way: Callable[[Check], AbstractContextManager[object]],
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Looked]:
    """Make each check and yield what it found; ``under_way`` is entered while it looks.

    Nobody is asked to do anything before a sensor that was just found not to work.
    """
    well = True
    for check in checks:
        if isinstance(check, AskedCheck) and not well:
            continue
        began_s = clock()
        with under_way(check):
            finding = _found(check)
        well = finding.verdict is Verdict.PASS
        yield Looked(check, finding, round(1000 * (clock() - began_s)))


def all_is_well(made: Iterable[Looked]) -> bool:
    """Whether nothing failed. All checks are made before this is known."""
    return not [one for one in made if one.finding.verdict is Verdict.FAIL]


def _found(check: Check) -> Finding:
    try:
        return check.look()
    except EdgeError as error:
        return failed(*error.so, error.do or _SEND_IT_IN)
