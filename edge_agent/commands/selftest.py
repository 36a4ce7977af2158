"""``edge-agent selftest``: walks an installer through a device, step by step, and says what to do."""

import logging
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from edge_agent.commands.options import INSTALLED_REGISTRY, AsJson, Registry
from edge_agent.commands.owning import refuse_anothers_settings
from edge_agent.selftest.finding import Step

if TYPE_CHECKING:
    from rich.console import Console

    from edge_agent.selftest.asked_checks import Asking
    from edge_agent.selftest.walk import Check

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", envvar="CAREWITNESS_SETTINGS", help="设备设置 / the device's settings.toml"),
]
Only = Annotated[list[Step] | None, typer.Option("--only", help="只查这一步，可重复 / this step alone; repeatable")]
Skip = Annotated[list[Step] | None, typer.Option("--skip", help="不查这一步，可重复 / not this step; repeatable")]
Bridge = Annotated[
    Path | None,
    typer.Option("--bridge", help="设备上 Mosquitto 的设置，查证书和线路 / the device's own mosquitto.conf"),
]
Ask = Annotated[
    bool | None,
    typer.Option(
        "--ask/--no-ask",
        "--interactive/--no-interactive",
        help="请您配合：遮镜头、拍手等；不写则在终端上才问 / ask for hands and claps; otherwise on a terminal alone",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("selftest")(selftest)


def selftest(  # noqa: PLR0913, PLR0917 - its options are its arguments
    settings: SettingsFile = None,
    only: Only = None,
    skip: Skip = None,
    bridge: Bridge = None,
    ask: Ask = None,
    registry: Registry = INSTALLED_REGISTRY,
    as_json: AsJson = False,
) -> None:
    """逐项自检 / Walk through every part of the device: pass or fail, and what to do. Exit 0 well, 1 failed, 2 misused.

    不保存也不显示画面、声音和模板。No picture, sound or template is kept or shown.
    """
    steps = (frozenset(only) if only else frozenset(Step)) - frozenset(skip or ())
    if not steps:
        raise typer.BadParameter("--only 和 --skip 没有留下任何一步 / --only and --skip leave no step")
    if settings is not None:
        refuse_anothers_settings(settings)
    asks = ask if ask is not None else sys.stdin.isatty() and sys.stdout.isatty() and not as_json
    with _silent_log():
        well = _walked(settings, registry, bridge, steps, asks=asks, as_json=as_json)
    if not well:
        raise typer.Exit(1)


def _walked(  # noqa: PLR0913 - what the options said
    settings: Path | None, registry: Path, bridge: Path | None, steps: frozenset[Step], *, asks: bool, as_json: bool
) -> bool:
    """Walk, telling each finding as it comes; whether nothing failed."""
    from rich.console import Console

    from edge_agent.selftest.checks import Device
    from edge_agent.selftest.plan import planned
    from edge_agent.selftest.printing import json_line, paragraph, summary
    from edge_agent.selftest.walk import all_is_well, walk

    console = Console(stderr=True)
    device = Device(settings, registry, bridge, _terminal() if asks else None)
    made = []
    with ExitStack() as held:
        for looked in walk(planned(device, steps, held), lambda check: _under_way(console, check)):
            made.append(looked)
            for line in [json_line(looked)] if as_json else paragraph(looked):
                typer.echo(line)
    if not as_json:
        typer.echo(summary(made))
    return all_is_well(made)


def _under_way(console: "Console", check: "Check") -> AbstractContextManager[object]:
    """A line that says what is looked at, gone when it was; who is asked for something reads a line of their own."""
    from edge_agent.selftest.asked_checks import AskedCheck
    from edge_agent.selftest.titles import title_of

    if isinstance(check, AskedCheck) or not console.is_terminal:
        return nullcontext()
    return console.status(f"{title_of(check.step, check.subject)} …")


def _terminal() -> "Asking":
    from edge_agent.selftest.terminal import TerminalAsking

    return TerminalAsking(sys.stdin, sys.stderr)


@contextmanager
def _silent_log() -> Iterator[None]:
    """What the parts would log is what is told here in words."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)
