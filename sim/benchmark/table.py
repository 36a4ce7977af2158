"""The benchmark's figures as a table, for a terminal and for a page."""

from itertools import groupby
from typing import Final

from rich import box
from rich.table import Column, Table

from sim.benchmark.result import Benchmark, Figure
from sim.benchmark.words import GROUPS, called, changed_models_said, group_of

# Shares read best in percent, the rest as they are.
AS_THEY_ARE = frozenset(
    {"calibration", "missing_one", "missing_two", "missing_one_review", "missing_two_review", "worth_cllr"}
)

MARKS: Final = {True: "✓", False: "✗", None: ""}


def figure_table(found: Benchmark) -> Table:
    """Every figure that has an aim: value with interval, aim, and whether it is met; readable at 80 columns."""
    table = Table(
        Column("指标 · figure", ratio=1, overflow="fold"),
        "值 · value (95%)",
        "目标 · aim",
        "",
        box=box.SIMPLE_HEAD,
        expand=True,
        caption=changed_models_said(found.lived),
        caption_style="bold",
    )
    for group, figures in groupby(held_to_aims(found), key=lambda figure: figure.group):
        several = list(figures)
        table.add_section()
        if len(several) > 1:
            table.add_row(group_of(group).both, style="bold")
        for figure in several:
            name = called(figure.about) if len(several) > 1 else group_of(group).both
            table.add_row(
                f"  {name}" if len(several) > 1 else name, with_interval(figure), aim_said(figure), MARKS[figure.met]
            )
    return table


def held_to_aims(found: Benchmark) -> list[Figure]:
    """The figures that are held to an aim, in the order of the table; of pairs of lost senses the worst alone."""
    worst = {group: _worst(found, group) for group in ("missing_two", "missing_two_review")}
    held = [one for one in found.figures if one.aim is not None and worst.get(one.group, one) is one]
    return sorted(held, key=lambda one: list(GROUPS).index(one.group))


def with_interval(figure: Figure) -> str:
    """A value with its interval behind it."""
    told = said(figure, figure.value)
    return told if figure.low is None else f"{told} ({said(figure, figure.low)}–{said(figure, figure.high)})"


def said(figure: Figure, value: float | None) -> str:
    """A value as people read it."""
    if value is None:
        return "—"
    if figure.group == "speed":
        return f"{value:,.0f}"
    return f"{value:.3g}" if figure.group in AS_THEY_ARE else f"{value:.1%}"


def aim_said(figure: Figure) -> str:
    """An aim as people read it."""
    if (aim := figure.aim) is None:
        return ""
    least, most = (None if edge is None else said(figure, edge) for edge in (aim.at_least, aim.at_most))
    if least and most:
        return f"{least} – {most}"
    return f"≥ {least}" if least else f"≤ {most}"


def _worst(found: Benchmark, group: str) -> Figure | None:
    pairs = (one for one in found.figures if one.group == group)
    return max(pairs, key=lambda one: one.value or 0.0, default=None)
