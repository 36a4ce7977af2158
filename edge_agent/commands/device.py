"""``edge-agent enrol`` and ``edge-agent outbox``: who this device is, and what it still has to send."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from edge_agent.commands.options import AsJson
from edge_agent.commands.owning import refuse_anothers_folder

Folder = Annotated[Path, typer.Option("--folder", help="设备文件夹 / the device's folder")]
DeviceName = Annotated[str, typer.Option("--device", help="设备编号 / the device's id")]
AgencyName = Annotated[str, typer.Option("--agency", help="机构编号 / the agency's id")]

KeyFile = Annotated[
    typer.FileBinaryRead, typer.Argument(metavar="JWK", help="公钥文件，或 - / the key, or - for stdin")
]
PinIn = Annotated[Path | None, typer.Option("--folder", help="设备文件夹 / the device's folder")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("enrol")(enrol)
    app.command("pin")(pin)
    app.command("outbox")(outbox)
    app.command("code")(code)


def enrol(folder: Folder, device: DeviceName, agency: AgencyName) -> None:
    """生成设备身份 / Make the device's identity, and print what the server must know of it; again, print the same."""
    from edge_agent.identity import enrolled_as

    refuse_anothers_folder(folder)
    identity = enrolled_as(folder, device, agency)
    typer.echo(msgspec.json.encode(identity.enrolment_request).decode())
    # No reason to end with an error: whoever pins the key again asks this first.
    for damage in identity.damaged.values():
        typer.echo(f"错误 error: {damage.told}", err=True)


def pin(key: KeyFile, folder: PinIn = None) -> None:
    """固定服务器公钥 / Trust this server's receipts, and no other's; without --folder, only look at the key."""
    from edge_agent.identity import parse_public_key, pin_server_key
    from visit_record.code_parts import fingerprint

    read = parse_public_key(key.read(), key.name)
    if folder is not None:
        refuse_anothers_folder(folder)
        pin_server_key(folder, read)
    typer.echo(
        f"{'服务器公钥 server key' if folder is None else '已固定 pinned'}: {fingerprint(read.public_bytes_raw())}"
    )


def code() -> None:
    """生成密码的散列 / Ask for a PIN or a supervisor's code, and print its hash for orders.toml."""
    import os

    from edge_agent.codes import LEAST_DIGITS, hashed
    from edge_agent.errors import SettingsError

    asked = typer.prompt("密码 code", hide_input=True, confirmation_prompt="再输一次 once more")
    try:
        typer.echo(hashed(asked, os.urandom(16)))
    except ValueError as error:
        raise SettingsError(str(error), f"密码至少 {LEAST_DIGITS} 个字符") from error


def outbox(folder: Folder, as_json: AsJson = False) -> None:
    """查看待发记录 / What waits to be sent, the oldest of it, and the end of the chain."""
    from edge_agent.identity import open_identity
    from edge_agent.outbox_view import view_outbox

    # Whoever only reads a database makes files beside it, too.
    refuse_anothers_folder(folder)
    seen = view_outbox(folder / "outbox.db", open_identity(folder))
    if as_json:
        typer.echo(msgspec.json.encode(seen).decode())
        return
    typer.echo(f"待发 waiting: {seen.waiting}")
    typer.echo(f"链尾 chain head: {seen.head.seq} {seen.head.digest or '—'}")
    if seen.oldest is not None:
        typer.echo(f"最早 oldest: {seen.oldest.seq} {seen.oldest.digest} {seen.oldest.sealed_at}")
