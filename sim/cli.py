"""`visit-sim`: staged homes, and the demo."""

import os
import signal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from edge_agent.errors import EdgeError
from sim.errors import DemoError

MODELS = Path(__file__).parent.parent / "models" / "registry.toml"

app = typer.Typer(help="模拟家庭与服务 · Staged homes, people and frauds.", no_args_is_help=True)


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
    from sim.demo.demo import Demo, DemoSettings  # noqa: PLC0415 - help must not wait for the models' libraries

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


def main() -> None:
    """Entry point."""
    # Perception runs in two processes on what may be two cores: threads of their own would only fight.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    app()
