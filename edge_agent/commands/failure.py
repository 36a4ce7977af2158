"""The one place where an error becomes a line that an operator can act on, and an exit status."""

import signal
import sys
from collections.abc import Callable
from types import FrameType

import typer

from edge_agent.errors import EdgeError
from visit_record.bilingual import BilingualError
from visit_record.errors import CatalogueError, CodeError, KeyFileError, RefusedError

EXPECTED = (EdgeError, RefusedError, KeyFileError, CatalogueError, CodeError)


def run(program: Callable[[], object]) -> None:
    """Run a program; an error raised on purpose is one line on stderr and exit 1, anything else a defect of ours."""
    try:
        program()
    except EXPECTED as error:
        typer.echo(f"错误 error: {one_line(error)}", err=True)
        sys.exit(1)


def end_when_asked() -> None:
    """End as a program ends when it is told to, so that what it started is cleared away: a gpsd, and its memory."""
    for asked in (signal.SIGTERM, signal.SIGHUP):
        # Whoever said nohup wants it ignored.
        if signal.getsignal(asked) is signal.SIG_DFL:
            signal.signal(asked, _end)


def _end(asked: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + asked)


def one_line(error: BaseException, *, for_programs: bool = False) -> str:
    """The message of an error without line breaks, or its kind where it has none; in English alone for programs."""
    said = error.told if isinstance(error, BilingualError) and not for_programs else str(error)
    return " ".join(said.split()) or type(error).__name__
