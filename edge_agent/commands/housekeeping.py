"""``edge-agent housekeeping``: what the program also does by itself, every hour."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from edge_agent.commands.options import AsJson
from edge_agent.commands.owning import refuse_anothers_settings

if TYPE_CHECKING:
    from edge_agent.housekeeping import Housekept

SettingsFile = Annotated[Path, typer.Option("--settings", help="设备设置 / the device's settings.toml")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("housekeeping")(housekeeping)


def housekeeping(settings: SettingsFile, as_json: AsJson = False) -> None:
    """清理过期数据 / Delete what was sent and has had its time; what waits is never deleted."""
    from edge_agent.bootstrap import kept
    from edge_agent.disk_reserve import DiskReserve
    from edge_agent.identity import open_identity
    from edge_agent.kernel_clock import is_believed, kernel_clock
    from edge_agent.settings_file import read_settings

    refuse_anothers_settings(settings)
    device_settings = read_settings(settings)
    identity = open_identity(device_settings.folder)
    # On a full disk the database could not even be opened by whoever makes room; what is given up is held again then.
    DiskReserve.beside(device_settings.outbox).give_up_to_start()
    with kept.share_outbox(device_settings, identity) as outbox:
        clock_believed = is_believed(kernel_clock())
        done = kept.housekeeping(device_settings, identity, outbox).keep(
            time.time_ns() // 1_000_000, clock_believed=clock_believed
        )
    if as_json:
        typer.echo(msgspec.json.encode(done).decode())
    else:
        _tell(done, clock_believed=clock_believed)
    if done.failed:
        typer.echo(f"没有做到，原因见上 could not be done, for the reasons above: {', '.join(done.failed)}", err=True)
        raise typer.Exit(1)


def _tell(done: "Housekept", *, clock_believed: bool) -> None:
    typer.echo(f"已删除的旧日志 journals that had their time: {done.aged}")
    typer.echo(f"为腾出空间删除 journals dropped for space: {done.squeezed}")
    typer.echo(f"已删除的旧模板 templates that had their time: {done.forgotten}")
    typer.echo(f"保留的日志 journals kept: {done.journals}; 待发 waiting: {done.waiting}")
    if not clock_believed:
        typer.echo("时钟未同步，没有按时间删除 / the clock is not synchronised: nothing was deleted by time", err=True)
    if not done.reserve_held:
        typer.echo("磁盘空间不足，无法预留 / too little free disk to hold the reserve; free some space", err=True)
