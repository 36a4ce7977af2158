"""``ingest-server devices``: the devices whose records are taken."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from ingest_server.clock import now_ms
from ingest_server.commands.device_code import code
from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, current_database, existing_database
from ingest_server.commands.tables import figure, terminal, words
from ingest_server.commands.trailed import managing
from ingest_server.errors import EnrolmentError
from ingest_server.store import devices
from ingest_server.store.devices import Enrolment
from ingest_server.vocabulary import DeviceState

app = typer.Typer(help="已登记的设备 · Devices whose records are taken.", cls=PlainGroup, no_args_is_help=True)
app.command()(code)

Name = Annotated[str, typer.Argument(help="设备编号 · The device.")]


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="登记文件 · Enrolment requests, one JSON document a file.")],
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """登记设备 · Enrol devices from the files that `edge-agent enrol` printed."""
    _enrol([_parsed(_read(file), str(file)) for file in files], "devices add", database, data_dir)


@app.command("import")
def import_devices(
    file: Annotated[Path, typer.Argument(help="登记文件 · Enrolment requests as JSON lines.")],
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """批量登记 · Enrol many devices at once: all of the file, or none."""
    lines = enumerate(_read(file).splitlines(), start=1)
    enrolments = [_parsed(line, f"{file}, line {number}") for number, line in lines if line.strip()]
    _enrol(enrolments, "devices import", database, data_dir)


@app.command("list")
def list_devices(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """列出设备 · Show every device."""
    table = Table(*map(words, ("机构 agency", "设备 device", "状态 state")), figure("密钥指纹 key fingerprint"))
    with existing_database(database, data_dir).reading() as connection:
        for device in devices.enrolled_devices(connection):
            # What its installer reads out; its thumbprint, which records carry, stands on the page of devices.
            table.add_row(device.agency, device.device, device.state, device.fingerprint)
    terminal().print(table)


@app.command()
def revoke(device: Name, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """吊销 · Take no more records of a device, whose key is lost or which was carried off; they wait on it."""
    _set(device, DeviceState.REVOKED, "devices revoke", database, data_dir)
    typer.echo(f"{device} 已吊销，其记录不再接收 · {device} is revoked, its records are refused")


@app.command()
def activate(device: Name, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """重新启用 · Take the records of a revoked device again."""
    _set(device, DeviceState.ACTIVE, "devices activate", database, data_dir)
    typer.echo(f"{device} 已启用 · {device} is active")


def _set(device: str, state: DeviceState, command: str, database: str | None, data_dir: Path) -> None:
    with managing(existing_database(database, data_dir), command, device) as connection:
        devices.set_state(connection, device, state)


def _enrol(enrolments: list[Enrolment], command: str, database: str | None, data_dir: Path) -> None:
    if not enrolments:
        raise EnrolmentError("no enrolment request in what was given; `edge-agent enrol` prints one")
    store, named = current_database(database, data_dir), (one.device for one in enrolments)
    with managing(store, command, *named) as connection:
        count = devices.enrol(connection, enrolments, now_ms())
    for one in enrolments:
        typer.echo(f"{one.device}: 密钥指纹 · key fingerprint {one.fingerprint}")
    typer.echo(f"已登记 {count} 台设备 · {count} devices enrolled")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as cause:
        raise EnrolmentError(f"cannot read {file}: {cause.strerror}") from cause


def _parsed(text: bytes, where: str) -> Enrolment:
    try:
        return msgspec.json.decode(text, type=Enrolment)
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        raise EnrolmentError(f"{where} is not an enrolment request: {cause}") from cause
