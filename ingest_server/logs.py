"""Logs of a server process: to standard error, for people on a terminal and for machines elsewhere."""

import logging
import sys

import structlog


def log_to_stderr(least: int = logging.INFO) -> None:
    """Log as text to a terminal, else as one JSON object a line."""
    to_terminal = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if to_terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
