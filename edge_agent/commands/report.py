"""How findings are told: JSON lines for programs, a table for people; a file that fails never stops the others."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Column, Table

from edge_agent.commands.failure import EXPECTED, one_line

Subject = TypeVar("Subject")
Line = Mapping[str, object]
MOST_CUES = 3


def report(
    subjects: Sequence[Subject],
    look: Callable[[Subject], Iterable[Line]],
    columns: Mapping[str, str],
    *,
    as_json: bool,
    named: str = "file",
) -> None:
    """Tell what ``look`` finds in each subject, with a bar of how many are done; otherwise as :func:`tell`."""
    shown = sys.stderr.isatty() and not (as_json and sys.stdout.isatty())
    tell(_progress(subjects, shown=shown), look, columns, as_json=as_json, named=named)


def tell(
    subjects: Iterable[Subject],
    look: Callable[[Subject], Iterable[Line]],
    columns: Mapping[str, str],
    *,
    as_json: bool,
    named: str,
) -> None:
    """Tell what ``look`` finds in each subject; ``columns`` are headings by key, for people.

    Raises:
        typer.Exit: with 1 when a subject failed; its line is ``{named, "error"}``.
    """
    told = list(_tell(subjects, look, named, as_json=as_json))
    failed = [line for line in told if "error" in line]
    if not as_json:
        _print_table([line for line in told if "error" not in line], columns)
        for line in failed:
            typer.echo(f"错误 error: {line['error']}", err=True)
    if failed:
        raise typer.Exit(1)


def _tell(
    subjects: Iterable[Subject], look: Callable[[Subject], Iterable[Line]], named: str, *, as_json: bool
) -> Iterator[Line]:
    for subject in subjects:
        for line in _lines(subject, look, named, as_json=as_json):
            if as_json:
                typer.echo(json.dumps(line, allow_nan=False))
            # JSON lines are gone once written: a night of thermal frames is not kept.
            if not as_json or "error" in line:
                yield line


def _progress(subjects: Sequence[Subject], *, shown: bool) -> Iterable[Subject]:
    return track(subjects, "查看 looking", console=Console(stderr=True), transient=True, disable=not shown)


def _lines(subject: Subject, look: Callable[[Subject], Iterable[Line]], named: str, *, as_json: bool) -> Iterator[Line]:
    try:
        yield from look(subject)
    except EXPECTED as error:
        yield {named: str(subject), "error": one_line(error, for_programs=as_json)}


def _print_table(lines: Sequence[Line], columns: Mapping[str, str]) -> None:
    if not lines:
        return
    table = Table(*(Column(heading, overflow="fold") for heading in columns.values()))
    for line in lines:
        table.add_row(*(escape(cell(line.get(key))) for key in columns))
    Console().print(table)


def cell(value: object) -> str:
    """A value as people read it; of confidences the highest, of windows their number."""
    match value:
        case dict():
            highest = sorted(value.items(), key=lambda item: -item[1])[:MOST_CUES]
            return ", ".join(f"{name} {confidence:.2f}" for name, confidence in highest)
        case [dict(), *_]:
            return str(len(value))
        case list() | tuple():
            return ", ".join(map(_scalar, value)) or "—"
        case _:
            return _scalar(value)


def _scalar(value: object) -> str:
    match value:
        case None:
            return "—"
        case bool():
            return "是 yes" if value else "否 no"
        case float():
            return f"{value:.5f}".rstrip("0").rstrip(".")
        case _:
            return str(value)
