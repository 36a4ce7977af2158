"""``edge-agent roster``: who is enrolled on this device; templates are kept sealed, and never shown."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from edge_agent.commands.options import AsJson
from edge_agent.commands.owning import refuse_anothers_settings
from edge_agent.errors import SettingsError, VaultError

if TYPE_CHECKING:
    from edge_agent.sealed_roster import SealedRoster
    from edge_agent.settings import Settings

SettingsFile = Annotated[Path, typer.Option("--settings", help="设备设置 / the device's settings.toml")]
Caregiver = Annotated[str, typer.Option("--caregiver", help="护理员编号 / the caregiver's id")]
Faces = Annotated[
    list[Path] | None, typer.Option("--face", exists=True, help="面部照片，可重复 / a picture of the face; repeatable")
]
Voices = Annotated[
    list[Path] | None, typer.Option("--voice", exists=True, help="说话录音，可重复 / a recording; repeatable")
]


def group() -> typer.Typer:
    """The command group."""
    roster = typer.Typer(help="本设备的人员模板 / who is enrolled on this device", no_args_is_help=True)
    roster.command("enrol")(enrol)
    roster.command("list")(list_enrolled)
    roster.command("forget")(forget)
    return roster


def enrol(settings: SettingsFile, caregiver: Caregiver, face: Faces = None, voice: Voices = None) -> None:
    """登记 / Keep somebody's templates, sealed; the files themselves are not kept."""
    from edge_agent.kernel_clock import is_believed, kernel_clock
    from edge_agent.replay import Enrolled
    from edge_agent.replay_roster import enrol_roster

    if not face and not voice:
        raise SettingsError("give at least one --face or --voice", "没有照片或录音；用 --face 或 --voice 给出")
    device_settings, kept = _opened(settings)
    person = Enrolled(caregiver, tuple(face or ()), tuple(voice or ()))
    now_ms = time.time_ns() // 1_000_000 if is_believed(kernel_clock()) else None
    kept.enrol(enrol_roster([person], device_settings.models), now_ms)
    typer.echo(f"已登记 enrolled: {caregiver}")
    if now_ms is None:
        typer.echo("时钟未同步：保存期从同步后算起 / the clock is not synchronised: their time begins when it is")


def list_enrolled(settings: SettingsFile, as_json: AsJson = False) -> None:
    """列出 / Who is enrolled, with which templates, since when."""
    for one in _opened(settings)[1].enrolments():
        if as_json:
            typer.echo(msgspec.json.encode(one).decode())
        else:
            has = " ".join(name for name, there in (("face", one.face), ("voice", one.voice)) if there)
            typer.echo(f"{one.caregiver} {has}")


def forget(settings: SettingsFile, caregiver: Caregiver) -> None:
    """忘记 / Delete somebody's templates."""
    if not _opened(settings)[1].forget(caregiver):
        raise VaultError(f"{caregiver} is not enrolled on this device", f"{caregiver} 未在本设备登记")
    typer.echo(f"已删除 forgotten: {caregiver}")


def _opened(settings: Path) -> "tuple[Settings, SealedRoster]":
    from edge_agent.identity import open_identity
    from edge_agent.sealed_roster import SealedRoster
    from edge_agent.settings_file import read_settings

    refuse_anothers_settings(settings)
    device_settings = read_settings(settings)
    return device_settings, SealedRoster.of(device_settings, open_identity(device_settings.folder).key)
