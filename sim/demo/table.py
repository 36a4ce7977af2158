"""What became of the lived visits: truth, verdict, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from visit_record.vocabulary import Typology

REASONS_SHOWN = 3


@dataclass(frozen=True)
class Judged:
    """A lived visit, the truth about it, and the server's verdict on it."""

    visit: str
    truth: Typology
    verdict: dict[str, Any]

    @property
    def rightly(self) -> bool:
        """Whether the honest was found credible, and the faked put up for review under its own name."""
        band = "credible" if self.truth is Typology.GENUINE else "review"
        return bool(self.verdict["band"] == band and self.verdict["typology"] == self.truth)


def verdict_table(judged: Sequence[Judged]) -> Table:
    """Visit, truth, verdict, suspicion, and the three heaviest reasons."""
    table = Table(
        "访视 visit", "真相 truth", "判定 verdict", "可疑度 suspicion", "主要理由 top reasons", show_lines=True
    )
    for one in judged:
        mark = "[green]✓[/]" if one.rightly else "[red]✗[/]"
        verdict = f"{mark} {one.verdict['band']}\n{one.verdict['typology']}"
        table.add_row(one.visit, one.truth, verdict, f"{one.verdict['suspicion']:.3f}", _reasons(one.verdict))
    return table


def _reasons(verdict: dict[str, Any]) -> str:
    lines = (f"{reason['decibans']:+.1f} dB  {reason['zh']}" for reason in verdict["reasons"][:REASONS_SHOWN])
    return "\n".join(lines)
