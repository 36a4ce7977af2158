"""What a program that crashes leaves behind: where it was, and nothing of what it saw."""

import ctypes
import resource
import sys
import traceback

import structlog

from edge_agent.errors import EdgeError
from visit_record.errors import RefusedError

_PR_SET_DUMPABLE = 4


def log_plainly() -> None:
    """Log to standard error, tracebacks without the values of variables: those are what people look and sound like.

    Standard output is for what was asked: a line of log in it would break whoever reads the JSON.
    """
    plain = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    processors = [*structlog.get_config()["processors"][:-1], plain]
    structlog.configure(processors=processors, logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def said_of(error: Exception) -> str:
    """What a log may say of an error: its words where they are our own, else where it was raised and its kind.

    The words of others quote values, and those are what people look and sound like.
    """
    if isinstance(error, (EdgeError, RefusedError)):
        return str(error)
    return "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__


def leave_no_dump() -> None:
    """No core file, and no dump to a program that the kernel hands them to: pictures lie in this memory."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    # RLIMIT_CORE does not bind where core_pattern is a pipe (core(5)).
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
