"""``edge-agent enrol`` and ``edge-agent outbox``: who this device is, and what it still has to send."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from edge_agent.commands.options import AsJson

Folder = Annotated[Path, typer.Option("--folder", help="设备文件夹 / the device's folder")]
DeviceName = Annotated[str, typer.Option("--device", help="设备编号 / the device's id")]
AgencyName = Annotated[str, typer.Option("--agency", help="机构编号 / the agency's id")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("enrol")(enrol)
    app.command("outbox")(outbox)
    app.command("code")(code)


def enrol(folder: Folder, device: DeviceName, agency: AgencyName) -> None:
    """生成设备身份 / Make the device's identity, and print what the server must know of it; again, print the same."""
    from edge_agent.identity import enrolled_as

    identity = enrolled_as(folder, device, agency)
    typer.echo(msgspec.json.encode(identity.enrolment_request).decode())


def code() -> None:
    """生成密码的散列 / Ask for a PIN or a supervisor's code, and print its hash for orders.toml."""
    import os

    from edge_agent.codes import hashed
    from edge_agent.errors import SettingsError

    asked = typer.prompt("密码 code", hide_input=True, confirmation_prompt="再输一次 once more")
    try:
        typer.echo(hashed(asked, os.urandom(16)))
    except ValueError as error:
        raise SettingsError(str(error)) from error


def outbox(folder: Folder, as_json: AsJson = False) -> None:
    """查看待发记录 / What waits to be sent, the oldest of it, and the end of the chain."""
    from edge_agent.identity import open_identity
    from edge_agent.outbox_view import view_outbox

    seen = view_outbox(folder / "outbox.db", open_identity(folder))
    if as_json:
        typer.echo(msgspec.json.encode(seen).decode())
        return
    typer.echo(f"待发 waiting: {seen.waiting}")
    typer.echo(f"链尾 chain head: {seen.head.seq} {seen.head.digest or '—'}")
    if seen.oldest is not None:
        typer.echo(f"最早 oldest: {seen.oldest.seq} {seen.oldest.digest} {seen.oldest.sealed_at}")
