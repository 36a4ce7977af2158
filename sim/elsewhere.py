"""``visit-sim recording`` and ``receive``: a visit for a device that is elsewhere, and a server for what it sends."""

import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.errors import EdgeError
from sim.errors import DemoError

if TYPE_CHECKING:
    from sim.receiving import Arrived

UNSOUND = 2


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(recording)
    app.command(context_settings={"ignore_unknown_options": True})(receive)


def recording(
    folder: Annotated[Path, typer.Argument(help="写入的目录 · Folder to write into.")],
    seed: Annotated[int, typer.Option(min=0, help="随机种子 · Seed of everything staged.")] = 1,
) -> None:
    """录制一次服务 · A short honest visit as files: visit.toml for `edge-agent run --replay`, home.toml for settings.

    返回码 · Exit status: 0 written, 1 it could not be.
    """
    from sim.recording import a_short_visit, write_recording  # noqa: PLC0415 - help must not wait for numpy

    try:
        write_recording(a_short_visit(seed), folder)
    except (EdgeError, OSError) as failure:
        raise _told(failure) from failure
    typer.echo(folder / "visit.toml")


def receive(
    folder: Annotated[Path, typer.Argument(help="服务器数据目录 · Data folder of the server.")],
    run: Annotated[list[str], typer.Argument(metavar="-- COMMAND…", help="设备上的命令 · What makes devices send.")],
    device: Annotated[
        list[Path], typer.Option(help="登记文件 · Enrolment request of a device; more than one may be given.")
    ],
    broker_port: Annotated[int, typer.Option(min=1, max=65535, help="MQTT 端口 · Port of the broker.")] = 18830,
    web_port: Annotated[int, typer.Option(min=1, max=65535, help="网页端口 · Port of the pages.")] = 8765,
) -> None:
    """接收并核对 · Serve on loopback while a command runs; then what the server finds, looking at each record again.

    Two devices that witnessed one recording are held against each other.

    返回码 · Exit status: 0 each device's records came and hold, 1 it could not be done, 2 one lacks or fails.
    """
    from sim.receiving import Ports, receiving  # noqa: PLC0415 - help must not wait for what the server needs

    # Who is told to end must end the broker and the server too, which only an exception brings about.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with receiving(folder, Ports(web_port, broker_port), device) as receiver:
            ended = subprocess.run(run, check=False).returncode
            if ended:
                raise DemoError(f"the command ended with {ended}")
            arrived = receiver.arrived()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except (DemoError, OSError) as failure:
        raise _told(failure) from failure
    for line in _lines(arrived):
        typer.echo(line)
    senders = {one.visit["record"]["iss"] for one in arrived}
    raise SystemExit(0 if len(senders) == len(device) and all(one.sound for one in arrived) else UNSOUND)


def _told(failure: Exception) -> SystemExit:
    typer.echo(f"error: {failure}", err=True)
    return SystemExit(1)


def _lines(arrived: "Sequence[Arrived]") -> Iterator[str]:
    for one in arrived:
        yield from _record(one)
    records = [one.visit["record"] for one in arrived]
    if len({record["iss"] for record in records}) == len(records) == 2:
        yield from _agreement(*records)


def _record(one: "Arrived") -> Iterator[str]:
    visit, record = one.visit, one.visit["record"]
    digest = next(check["by"] for check in one.checks if check["what"] == "digest")
    yield f"{record['iss']} seq {record['chain']['seq']} sha256 {digest}"
    found = ", ".join(f"{check['what']} {_words(check['holds'])}" for check in one.checks)
    yield f"  {visit['link_state']}; looked at again: {found}"
    verdict = visit["verdict"]
    yield f"  weighed: {verdict['band']}, {verdict['typology']}, suspicion {verdict['suspicion']:.3f}"


def _words(holds: bool | None) -> str:
    return {True: "holds", False: "FAILS", None: "nothing yet to hold it to"}[holds]


def _agreement(one: dict[str, object], other: dict[str, object]) -> Iterator[str]:
    from sim.two_witnesses import agreement  # noqa: PLC0415 - with the rest

    found = agreement(one, other)
    same = found.told - len(found.numbers_apart) - len(found.otherwise_apart)
    yield f"{one['iss']} and {other['iss']}: {same} of {found.told} things that they say are the same"
    if found.numbers_apart:
        apart = ", ".join(found.numbers_apart)
        yield f"  {len(found.numbers_apart)} numbers differ, by {found.furthest:.4g} at most: {apart}"
    if found.otherwise_apart:
        yield f"  {len(found.otherwise_apart)} are otherwise: {', '.join(found.otherwise_apart)}"
