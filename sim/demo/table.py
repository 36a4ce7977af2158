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
        """Whether the honest was found credible, and the faked put up for review by its own name."""
        if self.truth is Typology.GENUINE:
            return bool(self.verdict["band"] == "credible")
        return self.verdict["band"] in {"review", "hold"} and self.verdict["typology"] == self.truth

    @property
    def likeliest(self) -> list[Typology]:
        """The two likeliest ways of faking, the likelier first."""
        faked = {way: share for way, share in self.verdict["posterior"].items() if way != Typology.GENUINE}
        return [Typology(way) for way in sorted(faked, key=faked.__getitem__, reverse=True)[:2]]


def verdict_table(judged: Sequence[Judged]) -> Table:
    """Visit, truth, verdict, suspicion, and the three heaviest reasons; readable at 80 columns."""
    table = Table("访视 visit", "主要理由 top reasons", show_lines=True)
    for one in judged:
        table.add_row(_summary(one), _reasons(one.verdict))
    return table


def _summary(one: Judged) -> str:
    mark = "[green]✓[/]" if one.rightly else "[red]✗[/]"
    then = "" if one.verdict["band"] == "credible" else f"\n其次 then       {one.likeliest[1]}"
    return (
        f"{one.visit}\n真相 truth      {one.truth}\n判定 verdict    {one.verdict['typology']} {mark}{then}\n"
        f"                {one.verdict['band']}\n可疑度 suspicion {one.verdict['suspicion']:.3f}"
    )


def _reasons(verdict: dict[str, Any]) -> str:
    reasons = verdict["reasons"][:REASONS_SHOWN]
    return "\n".join(f"{reason['decibans']:+.1f} dB {reason['zh']}\n  {reason['en']}" for reason in reasons)
