"""Bars by day: a whole, and before it the part of it that the eye is to find."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ingest_server.charts.chart import WIDTHS, Declaration, Form, Ink, Row, Size, dressed, no_rows

if TYPE_CHECKING:
    import altair as alt

HEIGHT: Final = 188


class Bar(Struct, frozen=True):
    """A day as it is to be labelled, and both figures; ``part`` is contained in ``whole``."""

    day: str
    whole: float
    part: float


class DayBars(Struct, frozen=True):
    """A chart of days in the order given.

    Example:
        >>> DayBars("Visits by day", "From 3 to 9.", (Bar("09-20", 3.0, 0.0), Bar("09-21", 9.0, 1.0)))
    """

    title: str
    description: str
    bars: tuple[Bar, ...]

    @property
    def declaration(self) -> Declaration:
        """All look alike."""
        return _Bars()

    def size(self, form: Form) -> Size:
        """The same for all."""
        return _size(form)

    def rows(self) -> Sequence[Row]:
        """A row a bar, the part after the whole, so that it is drawn before it."""
        whole: list[Row] = [{"day": bar.day, "of": "whole", "value": bar.whole} for bar in self.bars]
        part: list[Row] = [{"day": bar.day, "of": "part", "value": bar.part} for bar in self.bars]
        return whole + part


class _Bars(Struct, frozen=True):
    def declared(self, form: Form) -> "alt.Chart":
        import altair as alt

        scale = alt.Scale(domain=["whole", "part"], range=[Ink.SEEN, Ink.AGAINST])
        day = alt.X("day:O", sort=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=6))
        value = alt.Y("value:Q", stack=False, axis=alt.Axis(tickCount=4, domain=False, ticks=False))
        chart = alt.Chart(no_rows()).mark_bar()
        chart = chart.encode(x=day, y=value, color=alt.Color("of:N", scale=scale, legend=None))
        return dressed(chart, _size(form))


def _size(form: Form) -> Size:
    return Size(WIDTHS[form], HEIGHT)
