"""`python -m sim.benchmark.lived`: live visits of a world through the real perception, and bundle their records."""

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from edge_agent.errors import EdgeError
from sim.benchmark.lived.bundle import RECORDS, REGISTRY, LivedRecord, bundle_of, write_bundle
from sim.benchmark.lived.many import Outcome, live_many
from sim.benchmark.lived.sample import sample
from sim.benchmark.world import named_world
from sim.errors import BenchmarkError, WorldError

ENDS = (
    "退出码 Exit codes: 0 全部完成 all lived · 1 无法进行 cannot go on · 2 参数错误 wrong option · "
    "3 有访视失败 some failed, nothing bundled · 130 中断 interrupted (已完成的保留 what was lived is kept)."
)

app = typer.Typer(add_completion=False)


@app.command(epilog=ENDS)
def lived(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    visits: Annotated[int, typer.Option(min=2, help="访视数 · How many visits.")] = 300,
    processes: Annotated[int, typer.Option(min=1, max=64, help="并行进程 · Visits lived at a time.")] = 2,
    world: Annotated[str, typer.Option(help="世界名或文件 · A shipped world's name, or a world file.")] = "unseen",
    seed: Annotated[int, typer.Option(min=0, help="随机种子 · Seed of the world.")] = 1,
    longest_minutes: Annotated[float, typer.Option(min=5, help="计划时长上限（分钟）· Longest visit ordered.")] = 15,
    folder: Annotated[Path, typer.Option(help="逐次保存，可续 · Where each is kept; run again to go on.")] = Path(
        "var/lived"
    ),
    out: Annotated[Path, typer.Option(help="合并文件 · The bundle of all records.")] = RECORDS,
    registry: Annotated[
        Path, typer.Option(help="模型登记表 · Model registry.", envvar="CAREWITNESS_MODELS")
    ] = REGISTRY,
) -> None:
    """真实感知亲历访视 · Live visits of a world through the real perception, and bundle their records."""
    # A run that is told to end must keep what it has, which only an exception brings about.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        chosen = sample(named_world(world), seed, visits, 60 * longest_minutes)
        with _telling(len(chosen)) as tell:
            records = [
                LivedRecord(staged.truth, staged.variant, record)
                for staged, record in live_many(chosen, folder, registry, processes, tell)
            ]
        if len(records) < len(chosen):
            _end(f"{len(chosen) - len(records)} visits failed; mend what is said above and run again", 3)
        size = write_bundle(bundle_of(records, _command(visits, world, seed, longest_minutes)), out)
    except KeyboardInterrupt:
        _end("中断，已完成的保留 · interrupted; run again to go on", 130)
    except (BenchmarkError, WorldError, EdgeError) as failure:
        _end(f"error: {failure}", 1)
    typer.echo(f"{len(records)} 次访视 visits: {out} ({size / 1e6:.2f} MB)")


def _command(visits: int, world: str, seed: int, longest_minutes: float) -> str:
    """What makes these records again; neither folder nor processes change them."""
    options = f"--visits {visits} --world {shlex.quote(world)} --seed {seed} --longest-minutes {longest_minutes:g}"
    return f"python -m sim.benchmark.lived {options}"


def _end(words: str, status: int) -> None:
    typer.echo(words, err=True)
    raise SystemExit(status)


@contextmanager
def _telling(total: int) -> Iterator["_Teller"]:
    """A bar where somebody watches; failures in any case."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not sys.stderr.isatty()) as progress:
        yield _Teller(console, progress, total)


class _Teller:
    """Says how far the living has come."""

    def __init__(self, console: Console, progress: Progress, total: int) -> None:
        self._console, self._progress, self._total, self._count = console, progress, total, 0
        self._task = progress.add_task("亲历 lived", total=total)

    def __call__(self, outcome: Outcome) -> None:
        """One more visit has ended."""
        self._count += 1
        self._progress.advance(self._task)
        staged = outcome.staged
        if outcome.error is not None:
            what = f"{staged.truth} {staged.variant}, seed {staged.plan.visit_seed}"
            self._console.print(f"失败 failed: {what}: {outcome.error}", markup=False, highlight=False, soft_wrap=True)
        elif self._progress.disable and not outcome.kept:
            self._console.print(f"{self._count}/{self._total}", highlight=False)


if __name__ == "__main__":
    # Perception runs in several processes: threads of their own would only fight.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    app()
