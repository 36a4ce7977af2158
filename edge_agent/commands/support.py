"""``edge-agent support``: one file for whoever helps, with nothing in it of the people whom the device met."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from edge_agent.commands.owning import refuse_anothers_settings
from edge_agent.errors import (
    DamagedOutboxError,
    DiskFullError,
    EdgeError,
    IdentityError,
    LostOutboxError,
    SettingsError,
)

SettingsFile = Annotated[Path, typer.Option("--settings", help="设备设置 / the device's settings.toml")]
Out = Annotated[Path | None, typer.Option("--out", help="写到哪里 / where to write it; otherwise beside you")]
Logs = Annotated[list[Path] | None, typer.Option("--log", help="改用日志文件，可重复 / a log file instead; repeatable")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("support")(support)


def support(settings: SettingsFile, out: Out = None, log: Logs = None) -> None:
    """打包排障信息（不含人像、声音、模板与姓名） / Bundle what helps to find a fault, and nothing of people."""
    from edge_agent.device_log import log_files, system_log
    from edge_agent.support_bundle import write_bundle

    refuse_anothers_settings(settings)
    path = out or Path(f"carewitness-support-{datetime.fromtimestamp(time.time(), UTC):%Y%m%d-%H%M%S}.tar.gz")
    packed, why = _gathered(settings, log_files(log) if log else system_log())
    # A stick may be slow, and a device that starts meanwhile must have its outbox.
    try:
        write_bundle(path, packed)
    except OSError as cause:
        raise _unwritten(path, cause) from cause
    typer.echo(f"已写入 written: {path} ({path.stat().st_size} bytes)")
    if why is not None:
        typer.echo(f"不完整，没有日志 not whole, and without the log: {why.told}", err=True)


def _gathered(settings: Path, said: str) -> tuple[bytes, EdgeError | None]:
    """The bundle, and why it is not whole, if it is not."""
    from edge_agent.bootstrap.kept import look_into_outbox
    from edge_agent.bootstrap.telling import support_bundle
    from edge_agent.chain_head import require_kept
    from edge_agent.identity import open_identity
    from edge_agent.sensors.monotonic import wall_ms
    from edge_agent.settings_file import read_settings
    from edge_agent.support_bundle import PartOfBundle

    known = None
    try:
        known = read_settings(settings)
        identity = open_identity(known.folder)
        require_kept(known.outbox, identity.names.device)
        with look_into_outbox(known, identity) as outbox:
            return support_bundle(known, identity, outbox, said).packed(), None
    except (SettingsError, IdentityError, DamagedOutboxError, LostOutboxError) as why:
        return PartOfBundle(known, why, wall_ms()).packed(), why


def _unwritten(path: Path, cause: OSError) -> EdgeError:
    """What to do where there is no room, or no right to write."""
    from edge_agent.disk_reserve import NO_ROOM
    from edge_agent.system_words import why_zh

    if cause.errno in NO_ROOM:
        return DiskFullError(
            f"there is no room for {path}, and nothing was left there; plug in a stick and give --out, as --out "
            f"/mnt/{path.name}",
            f"{path} 处的磁盘已满，没有留下任何文件；请插上 U 盘，用 --out 写到那里，如 --out /mnt/{path.name}",
        )
    return SettingsError(
        f"cannot write {path}: {cause.strerror}; give another --out",
        f"无法写入 {path}：{why_zh(cause)}；请用 --out 换一个地方",
    )
