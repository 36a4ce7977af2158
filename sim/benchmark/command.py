"""`visit-sim benchmark`: what was asked, the run, and where its figures go."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from ingest_server.errors import CalibrationError
from ingest_server.named import named_calibration
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.scoring.calibration import CURRENT, Calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from sim.benchmark.result import Benchmark
from sim.benchmark.run import Run, run
from sim.benchmark.table import figure_table
from sim.errors import BenchmarkError


@dataclass(frozen=True)
class Asked:
    """The options of the command line."""

    world: str
    visits: int
    seed: int
    calibration: str | None
    json: Path | None
    docs: Path | None
    lived: bool
    speed: bool
    resamples: int
    processes: int


def judge(asked: Asked, console: Console) -> bool:
    """Run, show the table, write what was asked for. Whether any figure misses its aim.

    Raises:
        BenchmarkError: the world or the calibration cannot be read, or the world has nothing to tell apart.
        OSError: a file cannot be written.
    """
    _check_folder(asked)
    bars = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*bars, console=Console(stderr=True)) as progress:
        found = run(_run(asked), progress)
    console.print(figure_table(found))
    if asked.json is not None:
        asked.json.write_bytes(encoded(found))
    if asked.docs is not None:
        from sim.benchmark.page import write_page  # noqa: PLC0415 - drawing takes a second to load

        write_page(found, asked.docs)
    return bool(found.missed)


def _run(asked: Asked) -> Run:
    return Run(
        world=asked.world,
        visits=asked.visits,
        seed=asked.seed,
        calibration=_calibration(asked.calibration),
        rules=shipped_rules(EVIDENCE_IDS),
        processes=asked.processes,
        resamples=asked.resamples,
        lived=asked.lived,
        speed=asked.speed,
    )


def encoded(found: Benchmark) -> bytes:
    """The run as JSON, the same bytes for the same figures."""
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def _calibration(asked: str | None) -> Calibration:
    try:
        return named_calibration(asked or CURRENT)
    except CalibrationError as cause:
        raise BenchmarkError(str(cause)) from cause


def _check_folder(asked: Asked) -> None:
    """What cannot be written in the end had better be said at the beginning."""
    for folder in (asked.json.parent if asked.json else None, asked.docs):
        if folder is not None and not folder.is_dir():
            raise BenchmarkError(f"there is no folder {folder} to write into")
