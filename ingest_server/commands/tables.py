"""Tables on a terminal: words are folded and never cut, a figure stays on its line."""

from rich.console import Console
from rich.table import Column

# The narrowest that every table fits in.
LEAST_COLUMNS = 80


def terminal() -> Console:
    """Standard output, no narrower than 80 columns.

    A narrower terminal folds the lines of a table itself, which is ugly and loses nothing; rich would make the columns
    of words vanish, and cut figures.
    """
    console = Console()
    console.width = max(LEAST_COLUMNS, console.width)
    return console


def words(heading: str) -> Column:
    """A column of words. Chinese has no spaces to break at, and what rich cannot break it cuts."""
    return Column(heading, overflow="fold")


def figure(heading: str) -> Column:
    """A column of figures, on a :func:`terminal` never narrower than its heading, which may have several lines."""
    return Column(heading, no_wrap=True)
