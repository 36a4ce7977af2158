"""The wall clock: whether it can be right, and whether anything sets it."""

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from edge_agent.kernel_clock import is_believed
from edge_agent.selftest.finding import Finding, Step, failed, not_observable, passed
from visit_record.bilingual import Words
from visit_record.record import Clock

# This program did not exist before.
EARLIEST_MS = 1_767_225_600_000
_PATIENCE_S = 5.0
_CHRONY = ("chronyc", "-c", "tracking")
_CHRONY_SOCKET = ("chronyc", "-h", "/run/chrony/chronyd.sock", "-c", "tracking")
_TIMEDATECTL = ("timedatectl", "show", "--property=NTPSynchronized", "--value")

_SET_IT = Words(
    "检查网线和 site.env 的 TIME_SERVERS；查看：chronyc sources；刚开机时等几分钟再试",
    "check the line and TIME_SERVERS in site.env; look: chronyc sources; just after a start wait some minutes",
)
_ASK_BY_HAND = Words("手工查看：chronyc tracking 或 timedatectl", "look by hand: chronyc tracking, or timedatectl")

Services = Callable[[], Mapping[str, bool]]


def time_services() -> dict[str, bool]:
    """Whether the clock is synchronised, by the name of each time service of this machine that answers."""
    chrony = _said(_CHRONY) or _said(_CHRONY_SOCKET)
    said = {
        # The last of the fields is the leap status.
        "chrony": None if chrony is None else not chrony.rpartition(",")[2].startswith("Not"),
        "timedatectl": {"yes": True, "no": False}.get(_said(_TIMEDATECTL) or ""),
    }
    return {name: told for name, told in said.items() if told is not None}


def _said(command: Sequence[str]) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    try:
        ran = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return ran.stdout.decode("utf-8", "replace").strip() or None


@dataclass(frozen=True)
class ClockCheck:
    """``newest_ms`` is when the last visit began that is stored here (UTC); the clock cannot stand before it."""

    kernel: Callable[[], Clock]
    services: Services
    now_ms: Callable[[], int]
    newest_ms: Callable[[], int] = lambda: 0
    step: ClassVar[Step] = Step.CLOCK
    subject: ClassVar[str] = ""

    def look(self) -> Finding:
        """Held against what must be past, the kernel's own word, and the services'."""
        now_ms, kernel = self.now_ms(), self.kernel()
        shown = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        measured = {"now_ms": now_ms, "kernel": is_believed(kernel), "offset_ms": kernel.offset_ms}
        if now_ms < max(EARLIEST_MS, self.newest_ms()):
            return failed(
                f"时钟显示 {shown}，不可能：已有更晚的事情",
                f"the clock says {shown}, which cannot be: there are later things",
                _SET_IT,
                measured,
            )
        if is_believed(kernel):
            return passed(f"{shown}，已同步", f"{shown}, synchronised", measured)
        return self._by_services(shown, measured)

    def _by_services(self, shown: str, measured: dict[str, int | float | bool | None]) -> Finding:
        """The kernel is told by most services, and says nothing in some containers."""
        said = self.services()
        told = {**measured, **said}
        if any(said.values()):
            return passed(f"{shown}，对时服务称已同步", f"{shown}, synchronised as its time service says", told)
        if said:
            named = ", ".join(said)
            return failed(f"{shown}，没有同步（{named}）", f"{shown}, not synchronised ({named})", _SET_IT, told)
        return not_observable(
            f"{shown}；没有对时服务可问", f"{shown}; there is no time service to ask", _ASK_BY_HAND, told
        )
