"""Whoever stands at the device, asked on a terminal."""

import select
import sys
from dataclasses import dataclass
from typing import TextIO

from edge_agent.selftest.asked_checks import Asking
from visit_record.bilingual import Words

__all__ = ["TerminalAsking"]


@dataclass
class TerminalAsking(Asking):
    """Asks on ``shown``; Enter at ``typed`` skips, and so does its end: nobody is there any more."""

    typed: TextIO = sys.stdin
    shown: TextIO = sys.stderr
    _skipped: bool = False

    def ask(self, what: Words, seconds: float) -> None:
        """Ask, forgetting what was typed before."""
        while line := self._waiting():
            pass
        self._skipped = line == ""
        print(f">>> {what.zh}（{seconds:g} 秒内；按回车跳过）", file=self.shown)
        print(f"    {what.en} (within {seconds:g} s; Enter skips)", file=self.shown, flush=True)

    def skipped(self) -> bool:
        """Whether Enter was pressed since, or the input has ended."""
        self._skipped = self._skipped or self._waiting() is not None
        return self._skipped

    def _waiting(self) -> str | None:
        """Take a line that waits: ``""`` at the end of the input, ``None`` where nothing was typed."""
        return self.typed.readline() if select.select([self.typed], [], [], 0)[0] else None
