"""What a chart is: a declaration without values, which is compiled once, and the values, which come and go."""

from collections.abc import Hashable, Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol

import altair as alt

Row = Mapping[str, str | float]
# What the declaration calls its values.
ROWS: Final = "rows"


class Ink(StrEnum):
    """A colour of the sheet, by its variable: the page's own, by day and night and in print."""

    INK = "var(--ink)"
    SOFT = "var(--soft)"
    LINE = "var(--line)"
    GRID = "var(--grid)"
    SEEN = "var(--teal-fill)"
    AGAINST = "var(--against-fill)"
    UNCLEAR = "var(--grey-fill)"


class Form(StrEnum):
    """For which screens a chart is drawn: a telephone's letters would be too small in the other."""

    WIDE = "wide"
    NARROW = "narrow"


class Declaration(Hashable, Protocol):
    """How charts of one shape look, whatever their values; two that are equal look alike, and are compiled once."""

    def declared(self, form: Form) -> alt.Chart:
        """The declaration over :func:`no_rows`."""
        ...


class Chart(Hashable, Protocol):
    """A chart of some kind with its values; two that are equal are the same picture.

    ``title`` and ``description`` are what somebody hears who does not see it, in the reader's language.
    """

    @property
    def title(self) -> str:
        """What it shows."""
        ...

    @property
    def description(self) -> str:
        """What is to be seen in it."""
        ...

    @property
    def declaration(self) -> Declaration:
        """How it looks."""
        ...

    def rows(self) -> Sequence[Row]:
        """Its values, as the declaration names them."""
        ...


def no_rows() -> alt.InlineData:
    """The place where the values will be."""
    return alt.InlineData(values=[], name=ROWS)


def dressed(chart: alt.Chart) -> alt.Chart:
    """A chart in the page's own colours and letters, without a ground, and without words that we say ourselves."""
    axis = alt.AxisConfig(
        labelColor=Ink.SOFT,
        labelFontSize=12,
        domainColor=Ink.LINE,
        tickColor=Ink.LINE,
        gridColor=Ink.GRID,
        title=None,
    )
    found: alt.Chart = chart.properties(
        config=alt.Config(aria=False, background="transparent", padding=2, view=alt.ViewConfig(stroke=None), axis=axis)
    )
    return found
