"""`visit-sim`: staged homes, and the demo."""

import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from edge_agent.errors import EdgeError
from sim import elsewhere
from sim.benchmark.worlds import SHIPPED
from sim.errors import BenchmarkError, DemoError, HistoryError
from visit_record.streams import show_what_can_be_shown

MODELS = Path(__file__).parent.parent / "models" / "registry.toml"

app = typer.Typer(help="模拟家庭与服务 · Staged homes, people and frauds.", no_args_is_help=True)
elsewhere.register(app)


@app.callback()
def group() -> None:
    """模拟家庭与服务 · Staged homes, people and frauds."""


@app.command()
def demo(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    folder: Annotated[Path, typer.Option(help="数据目录（会清空）· Folder that is emptied and filled.")] = Path(
        "var/demo"
    ),
    broker: Annotated[
        str | None, typer.Option(help="已运行的 MQTT 服务器 · A broker that runs, mqtt://host:port.")
    ] = None,
    broker_port: Annotated[
        int, typer.Option(min=1, max=65535, help="自带 MQTT 端口 · Port of our own broker.")
    ] = 18830,
    web_port: Annotated[int, typer.Option(min=1, max=65535, help="网页端口 · Port of the pages.")] = 8765,
    seed: Annotated[int, typer.Option(min=0, help="随机种子 · Seed of everything staged.")] = 1,
    once: Annotated[bool, typer.Option("--once", help="判定后结束 · End with the table of verdicts.")] = False,
    registry: Annotated[Path, typer.Option(help="模型登记表 · Model registry.", envvar="CAREWITNESS_MODELS")] = MODELS,
) -> None:
    """完整演示 · Broker, server and devices on this machine: a month of history, then visits lived before you."""
    from sim.demo.demo import Demo  # noqa: PLC0415 - help must not wait for the models' libraries
    from sim.demo.settings import DemoSettings  # noqa: PLC0415 - with the rest

    settings = DemoSettings(folder, registry, broker, broker_port, web_port, seed, once)
    # A demo that is told to end must end its programs too, which only an exception brings about.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        rightly = Demo(settings, Console()).run()
    except KeyboardInterrupt:
        typer.echo("演示中断 · The demo was interrupted.", err=True)
        raise SystemExit(130) from None
    except (DemoError, EdgeError, OSError) as failure:
        typer.echo(f"error: {failure}", err=True)
        raise SystemExit(1) from failure
    raise SystemExit(0 if rightly else 2)


@app.command()
def benchmark(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    world: Annotated[
        str,
        typer.Option(help=f"世界文件，或自带的 {', '.join(SHIPPED)} · World file, or a shipped one's name."),
    ] = "unseen",
    visits: Annotated[int, typer.Option(min=1, help="服务次数 · Staged visits.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, help="随机种子 · Seed of everything staged and drawn.")] = 1,
    calibration: Annotated[
        str | None, typer.Option(help="校准表版本或文件 · Calibration to weigh by: a shipped version, or a file.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="写入 JSON · Write every figure into this file.")] = None,
    docs: Annotated[bool, typer.Option("--docs", help="写说明页和图 · Write benchmark.md and its pictures.")] = False,
    docs_folder: Annotated[Path, typer.Option(help="说明页目录 · Folder of the page.")] = Path("docs"),
    lived: Annotated[
        bool, typer.Option(help="含真实感知的服务 · Also weigh the visits lived through the real perception.")
    ] = True,
    speed: Annotated[bool, typer.Option(help="测速 · Also measure speed, which differs from run to run.")] = True,
    resamples: Annotated[int, typer.Option(min=0, help="重抽样次数 · Draws of caregivers for the intervals.")] = 500,
    processes: Annotated[
        int | None, typer.Option(min=1, help="进程数 · Processes; as many as there are cores by default.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="未达标则返回 3 · Exit 3 where an aim is missed.")] = False,
) -> None:
    """评测 · How well the weigher does on staged visits, each figure with its aim and its interval over caregivers.

    返回码 · Exit status: 0 done, 1 it could not be run, 3 a figure misses its aim (only with --strict).
    """
    from sim.benchmark.command import Asked, judge  # noqa: PLC0415 - help must not wait for numpy

    cores = processes or os.cpu_count() or 1
    page = docs_folder if docs else None
    asked = Asked(world, visits, seed, calibration, json, page, lived, speed, resamples, cores)
    try:
        missed = judge(asked, Console())
    except KeyboardInterrupt:
        typer.echo("评测中断 · The benchmark was interrupted.", err=True)
        raise SystemExit(130) from None
    except (BenchmarkError, OSError) as failure:
        typer.echo(f"error: {failure}", err=True)
        raise SystemExit(1) from failure
    raise SystemExit(3 if strict and missed else 0)


@app.command()
def history(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    folder: Annotated[Path, typer.Argument(help="写入的目录（须为空）· Folder to write into, new or empty.")],
    visits: Annotated[int, typer.Option(min=1, max=100_000_000, help="服务次数 · Visits of the city.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, help="随机种子 · Seed of everything drawn.")] = 1,
    agencies: Annotated[
        int | None, typer.Option(min=1, max=999, help="机构数 · Agencies; as the caregivers need by default.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3660, help="天数 · Days over which the visits were given.")] = 365,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="止于此日之前 · The day after the last; today, UTC, by default."),
    ] = None,
    world: Annotated[
        str,
        typer.Option(help=f"世界文件，或自带的 {', '.join(SHIPPED)} · World file, or a shipped one's name."),
    ] = "city",
    processes: Annotated[
        int | None, typer.Option(min=1, help="进程数 · Processes; as many as there are cores by default.")
    ] = None,
) -> None:
    """一座城市的历史 · A city's visits, signed and chained, as files for `ingest-server intake`; about 22 kB a visit.

    The same options give the same bytes, however many processes there are; interrupted, the same command goes on where
    it stopped. Who has the seed has the keys: enrol these devices on a server of staged visits alone.

    返回码 · Exit status: 0 written, 1 it could not be, 130 interrupted.
    """
    from sim.city.command import Asked, write_history  # noqa: PLC0415 - help must not wait for numpy

    last = (until or datetime.now(UTC)).date()
    asked = Asked(world=world, visits=visits, seed=seed, agencies=agencies, days=days, until=last)
    try:
        written = write_history(folder, asked, processes or os.cpu_count() or 1, Console(stderr=True))
    except KeyboardInterrupt:
        typer.echo("已中断，重复同一命令可继续 · Interrupted; the same command goes on from here.", err=True)
        raise SystemExit(130) from None
    except (HistoryError, BenchmarkError, OSError) as failure:
        typer.echo(f"error: {failure}", err=True)
        raise SystemExit(1) from failure
    rate = written.visits / written.seconds
    typer.echo(
        f"{written.agencies} 家机构、{written.devices} 台设备、{written.visits} 次服务，每秒 {rate:.0f} 次 · "
        f"{written.visits} visits of {written.devices} devices and {written.agencies} agencies in {folder}, "
        f"{rate:.0f} a second; last day before {last}"
    )


def main() -> None:
    """Entry point."""
    show_what_can_be_shown()
    # Perception runs in two processes on what may be two cores: threads of their own would only fight.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    app()
