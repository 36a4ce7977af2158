"""``ingest-server devices``: the devices whose records are taken."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from ingest_server.clock import now_ms
from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, current_database, existing_database
from ingest_server.commands.tables import terminal, words
from ingest_server.errors import EnrolmentError
from ingest_server.store import devices
from ingest_server.store.devices import Enrolment

app = typer.Typer(help="已登记的设备 · Devices whose records are taken.", cls=PlainGroup, no_args_is_help=True)


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="登记文件 · Enrolment requests, one JSON document a file.")],
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """登记设备 · Enrol devices from the files that `edge-agent enrol` printed."""
    _enrol([_parsed(_read(file), str(file)) for file in files], database, data_dir)


@app.command("import")
def import_devices(
    file: Annotated[Path, typer.Argument(help="登记文件 · Enrolment requests as JSON lines.")],
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """批量登记 · Enrol many devices at once: all of the file, or none."""
    lines = enumerate(_read(file).splitlines(), start=1)
    _enrol([_parsed(line, f"{file}, line {number}") for number, line in lines if line.strip()], database, data_dir)


@app.command("list")
def list_devices(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """列出设备 · Show every device."""
    table = Table(*map(words, ("agency", "device", "state", "key thumbprint")))
    with existing_database(database, data_dir).reading() as connection:
        for device in devices.enrolled_devices(connection):
            table.add_row(device.agency, device.device, device.state, device.kid)
    terminal().print(table)


def _enrol(enrolments: list[Enrolment], database: str | None, data_dir: Path) -> None:
    if not enrolments:
        raise EnrolmentError("no enrolment request in what was given; `edge-agent enrol` prints one")
    with current_database(database, data_dir).writing() as connection:
        count = devices.enrol(connection, enrolments, now_ms())
    typer.echo(f"{count} devices enrolled")


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
