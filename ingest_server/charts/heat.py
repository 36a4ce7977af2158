"""A heat map of a table: the more, the darker; nothing is told from little."""

from collections.abc import Sequence
from itertools import product
from math import ceil
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ingest_server.charts.chart import WIDTHS, Declaration, Form, Row, Size, dressed, no_rows

if TYPE_CHECKING:
    import altair as alt

# Steps of the sheet's scale of heat, the first for nothing at all.
STEPS: Final = 6
ROW_HEIGHT: Final = 24
AXIS_HEIGHT: Final = 20


class HeatMap(Struct, frozen=True):
    """A chart of figures by row and column.

    ``figures`` has a tuple for each of the ``row_names``, with a figure for each of the ``column_names``.
    """

    title: str
    description: str
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    figures: tuple[tuple[int, ...], ...]

    @property
    def most(self) -> int:
        """The largest figure."""
        return max((figure for row in self.figures for figure in row), default=0)

    @property
    def declaration(self) -> Declaration:
        """As high as it has rows."""
        return _Cells(len(self.row_names))

    def size(self, form: Form) -> Size:
        """As high as it has rows."""
        return _size(len(self.row_names), form)

    def rows(self) -> Sequence[Row]:
        """A row a cell, with its step."""
        most = self.most
        places = product(range(len(self.row_names)), range(len(self.column_names)))
        return [
            {
                "row": self.row_names[row],
                "column": self.column_names[column],
                "step": float(step_of(self.figures[row][column], most)),
            }
            for row, column in places
        ]


class _Cells(Struct, frozen=True):
    rows: int

    def declared(self, form: Form) -> "alt.Chart":
        import altair as alt

        scale = alt.Scale(domain=[*range(STEPS)], range=[f"var(--heat-{step})" for step in range(STEPS)])
        across = alt.X("column:O", sort=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False))
        down = alt.Y("row:O", sort=None, axis=alt.Axis(ticks=False, labelLimit=90))
        chart = alt.Chart(no_rows()).mark_rect(stroke="var(--panel)", strokeWidth=1)
        chart = chart.encode(x=across, y=down, color=alt.Color("step:O", scale=scale, legend=None))
        return dressed(chart, _size(self.rows, form))


def _size(rows: int, form: Form) -> Size:
    return Size(WIDTHS[form], ROW_HEIGHT * rows + AXIS_HEIGHT)


def step_of(figure: int, most: int) -> int:
    """The step of the scale: 0 for nothing, else 1 to the last in equal parts of the largest figure."""
    return ceil((STEPS - 1) * figure / most) if figure > 0 else 0
