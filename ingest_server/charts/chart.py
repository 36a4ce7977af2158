"""What a chart is: a declaration without values, which is compiled once, and the values, which come and go.

Only the process that draws loads Altair, within what it calls: it takes a third of a second of a server's start.
"""

from collections.abc import Hashable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
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


# Pixels of a drawing as it is declared; a page stretches it to its own.
WIDTHS: Final = {Form.WIDE: 690, Form.NARROW: 336}


class Size(NamedTuple):
    """Of a whole drawing with its axes, in its own pixels."""

    width: int
    height: int


class Declaration(Hashable, Protocol):
    """How charts of one shape look, whatever their values; two that are equal look alike, and are compiled once."""

    def declared(self, form: Form) -> "alt.Chart":
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

    def size(self, form: Form) -> Size:
        """How large every drawing of it is, whatever its values: so large a place a page keeps for it."""
        ...

    def rows(self) -> Sequence[Row]:
        """Its values, as the declaration names them."""
        ...


def no_rows() -> "alt.InlineData":
    """The place where the values will be."""
    import altair as alt

    return alt.InlineData(values=[], name=ROWS)


def dressed(chart: "alt.Chart", size: Size) -> "alt.Chart":
    """A chart of a size in the page's own colours and letters, without a ground, and without words of ours."""
    import altair as alt

    axis = alt.AxisConfig(
        labelColor=Ink.SOFT,
        labelFontSize=12,
        domainColor=Ink.LINE,
        tickColor=Ink.LINE,
        gridColor=Ink.GRID,
        title=None,
    )
    found: alt.Chart = chart.properties(
        width=size.width,
        height=size.height,
        # Axes take their room from the bars: else a drawing is as large as its labels are long.
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        config=alt.Config(aria=False, background="transparent", padding=2, view=alt.ViewConfig(stroke=None), axis=axis),
    )
    return found
