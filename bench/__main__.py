"""`make bench`: every figure of one run, beside what it is a ratio of."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import tables
from bench.staging import write_visit


def main() -> None:
    """Measure and print."""
    console = Console()
    console.print("Processor time on one core; on another machine compare the ratios, not the seconds.\n")
    _show(console, "each model alone", tables.model_table)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with console.status("staging ten minutes of a visit"):
            write_visit(folder)
        _show(console, "each sense alone", lambda: tables.sense_table(folder))
        _show(console, "the whole device", lambda: tables.device_table(folder))
    _show(console, "records", tables.record_table)


def _show(console: Console, doing: str, measured: Callable[[], Table]) -> None:
    with console.status(doing):
        table = measured()
    console.print(table)


if __name__ == "__main__":
    main()
