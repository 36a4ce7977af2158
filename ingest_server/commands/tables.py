"""Columns of tables on a terminal that may be narrow: words are folded and never cut, a figure stays on its line."""

from rich.table import Column


def words(heading: str) -> Column:
    """A column of words. Chinese has no spaces to break at, and what rich cannot break it cuts."""
    return Column(heading, overflow="fold")


def figure(heading: str) -> Column:
    """A column of figures, never narrower than its heading, which may have several lines."""
    return Column(heading, no_wrap=True)
