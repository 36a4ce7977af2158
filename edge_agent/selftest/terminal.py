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
    """Asks on ``shown``; Enter at ``typed`` skips."""

    typed: TextIO = sys.stdin
    shown: TextIO = sys.stderr
    _skipped: bool = False

    def ask(self, what: Words, seconds: float) -> None:
        """Ask, forgetting what was typed before."""
        while self._typed():
            pass
        self._skipped = False
        print(f">>> {what.zh}（{seconds:g} 秒内；按回车跳过）", file=self.shown)
        print(f"    {what.en} (within {seconds:g} s; Enter skips)", file=self.shown, flush=True)

    def skipped(self) -> bool:
        """Whether Enter was pressed since."""
        self._skipped = self._skipped or self._typed()
        return self._skipped

    def _typed(self) -> bool:
        """Take a line that waits. At the end of the input nobody is there any more, which skips."""
        return bool(select.select([self.typed], [], [], 0)[0]) and self.typed.readline() != ""
