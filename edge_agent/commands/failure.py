"""The one place where an error becomes a line that an operator can act on, and an exit status."""

import sys
from collections.abc import Callable

import typer

from edge_agent.errors import EdgeError
from visit_record.errors import CatalogueError, KeyFileError, RefusedError

EXPECTED = (EdgeError, RefusedError, KeyFileError, CatalogueError)


def run(program: Callable[[], object]) -> None:
    """Run a program; an error raised on purpose is one line on stderr and exit 1, anything else a defect of ours."""
    try:
        program()
    except EXPECTED as error:
        typer.echo(f"错误 error: {one_line(error)}", err=True)
        sys.exit(1)


def one_line(error: BaseException) -> str:
    """The message of an error without line breaks, or its kind where it has none."""
    return " ".join(str(error).split()) or type(error).__name__
