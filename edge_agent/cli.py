"""``edge-agent``: the program of the device."""

import typer

from edge_agent.commands import (
    calibrate,
    device,
    enrolling,
    housekeeping,
    inspect,
    models,
    roster,
    selftest,
    support,
    update,
)
from edge_agent.commands import run as run_visit
from edge_agent.commands.failure import end_when_asked, run
from edge_agent.crash_guard import leave_no_dump, log_plainly
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
    enrolling.register(app)
    run_visit.register(app)
    housekeeping.register(app)
    support.register(app)
    selftest.register(app)
    app.add_typer(inspect.group(), name="inspect")
    app.add_typer(models.group(), name="models")
    app.add_typer(calibrate.group(), name="calibrate")
    app.add_typer(roster.group(), name="roster")
    app.add_typer(update.group(), name="update")
    return app


def main() -> None:
    """Run the command line."""
    show_what_can_be_shown()
    log_plainly()
    leave_no_dump()
    end_when_asked()
    run(program())
