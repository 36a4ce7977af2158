"""`make bench-pages`: every page and answer of the server over a city of visits.

``python -m bench.pages [--visits N]`` makes a city and throws it away; ``--keep FOLDER`` keeps its store, and
``--store FOLDER`` measures on one that is there, in which the cases and the trail of the measurement stay.
"""

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench.pages.city_store import make_store, people_of, served
from bench.pages.measuring import Found, Size, measure
from bench.pages.report import lines_of, page_table
from bench.pages.timing import Spread
from sim.errors import DemoError

AN_AIM_IS_MISSED = 3
LEAST_COLUMNS = 150


def main(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    visits: Annotated[int, typer.Option(min=100, help="Visits of the city that is made.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the city that is made.")] = 1,
    store: Annotated[Path | None, typer.Option(help="Measure on this data folder; the server must not run.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Folder in which the city that is made is kept.")] = None,
    plainly: Annotated[int, typer.Option(min=1, help="Requests of each route.")] = Size.plainly,
    each_choice: Annotated[int, typer.Option(min=1, help="Requests with each choice of a query.")] = Size.each_choice,
    people: Annotated[int, typer.Option(min=1, max=200, help="People who click at once.")] = Size.crowd,
    clicks: Annotated[int, typer.Option(min=1, help="Clicks of each.")] = Size.clicks,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 3 where an aim is missed.")] = False,
) -> None:
    """Measure; exit status 0 done, 1 it could not be, 3 an aim is missed (only with --strict)."""
    console = Console()
    # Routes and figures stay on their lines, in a file too.
    console.width = max(LEAST_COLUMNS, console.width)
    size = Size(plainly=plainly, each_choice=each_choice, crowd=people, clicks=clicks)
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            data_dir = store or _made(keep or folder, visits, seed, console)
            found = measure_on(data_dir, folder, size, console)
    except (DemoError, OSError) as failure:
        typer.echo(f"error: {failure}", err=True)
        raise SystemExit(1) from failure
    met = show(found, console)
    raise SystemExit(AN_AIM_IS_MISSED if strict and not met else 0)


def measure_on(data_dir: Path, logs: Path, size: Size, console: Console) -> Found:
    """Serve a store and measure.

    Raises:
        DemoError: the server does not start, or nobody can log in.
    """
    with served(data_dir, logs) as service, people_of(service) as people, console.status("starting") as status:
        return measure(service, people, size, status.update)


def show(found: Found, console: Console) -> bool:
    """Print everything; whether every aim is met."""
    lines, baseline = lines_of(found), Spread.of(found.seen.baseline.took_ms)
    console.print(f"By the clock, over loopback; beside every few of these /healthz took {baseline.p50_ms:.1f} ms.\n")
    console.print(page_table(lines, baseline))
    missed = [line for line in lines if not line.met]
    console.print(f"{len(lines) - len(missed)} of {len(lines)} aims met")
    return not missed


def _made(folder: Path, visits: int, seed: int, console: Console) -> Path:
    with console.status(f"a city of {visits:,} visits: written, signed, taken in"):
        return make_store(folder, visits, seed)


if __name__ == "__main__":
    typer.run(main)
