"""How far a file has come, on standard error, where somebody may be watching."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn


@contextmanager
def arrival_bar(name: str, total_bytes: int) -> Iterator[Callable[[int], None]]:
    """Show a bar while the block runs; call what it gives with the bytes that have arrived."""
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(name, total=total_bytes)
        yield lambda arrived_bytes: bar.update(task, completed=arrived_bytes)
