"""``edge-agent``: the program of the device."""

import sys

import structlog
import typer

from edge_agent.commands import calibrate, device, housekeeping, inspect, models, roster
from edge_agent.commands import run as run_visit
from edge_agent.commands.failure import end_when_asked, run
from visit_record.streams import show_what_can_be_shown


def program() -> typer.Typer:
    """The program with all its command groups."""
    app = typer.Typer(
        help="居家照护见证设备 / the witness of a home-care visit",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    device.register(app)
    run_visit.register(app)
    housekeeping.register(app)
    app.add_typer(inspect.group(), name="inspect")
    app.add_typer(models.group(), name="models")
    app.add_typer(calibrate.group(), name="calibrate")
    app.add_typer(roster.group(), name="roster")
    return app


def main() -> None:
    """Run the command line."""
    show_what_can_be_shown()
    # Standard output is for what was asked: a line of log in it would break whoever reads the JSON.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    end_when_asked()
    run(program())
