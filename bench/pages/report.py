"""What the pages took, for people: each figure beside its aim, and as a multiple of the barest answer of the run."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.table import Column, Table

from bench.pages.crowd import Crowd
from bench.pages.measuring import Found, Seen
from bench.pages.questions import Question
from bench.pages.timing import Spread, Timed

PAGE_MS, STEP_MS, CROWD_MS = 100.0, 50.0, 400.0
MET, MISSED = "[green]met[/]", "[red]missed[/]"


@dataclass(frozen=True)
class Line:
    """One figure; ``slowest`` is what was asked where it took longest, ``wrong`` what went wrong, if anything.

    Files have no aim.
    """

    what: str
    who: str
    spread: Spread | None
    aim_ms: float | None
    slowest: str = ""
    wrong: str = ""

    @property
    def met(self) -> bool:
        """Whether it is as aimed at: everything was answered, and 95% of it in time."""
        in_time = self.spread is not None and (self.aim_ms is None or self.spread.p95_ms <= self.aim_ms)
        return in_time and not self.wrong


def lines_of(found: Found) -> list[Line]:
    """Every figure of a run."""
    return [*_pages(found.seen), *_steps(found.steps), *(_crowd(*one) for one in found.crowds.items())]


def page_table(lines: list[Line], baseline: Spread) -> Table:
    """The figures in the order of their routes."""
    figures = ("n", "p50 ms", "p95 ms", "max ms", "aim ms", "p95 × healthz")
    told = (Column(name, no_wrap=True, justify="right") for name in figures)
    table = Table(
        Column("asked", no_wrap=True), "by", *told, "", Column("slowest, or what went wrong", overflow="fold")
    )
    for line in lines:
        n, p50, p95, most, times = _figures(line.spread, baseline)
        said = MISSED if not line.met else MET if line.aim_ms else ""
        aim = f"{line.aim_ms:.0f}" if line.aim_ms else "—"
        table.add_row(line.what, line.who, n, p50, p95, most, aim, times, said, line.wrong or line.slowest)
    return table


def _figures(spread: Spread | None, baseline: Spread) -> tuple[str, str, str, str, str]:
    if spread is None:
        return "0", "—", "—", "—", "—"
    p50, p95, most = (f"{ms:.1f}" for ms in (spread.p50_ms, spread.p95_ms, spread.max_ms))
    return str(spread.count), p50, p95, most, f"{spread.p95_ms / baseline.p50_ms:.1f}"


def _pages(seen: Seen) -> Iterator[Line]:
    """A line for each route and viewer: the figures of whatever it was slowest at, by their p95."""
    asked: defaultdict[tuple[str, str], dict[Question, Timed]] = defaultdict(dict)
    for (who, question), timed in seen.answers.items():
        asked[question.route, who][question] = timed
    for (route, who), answers in asked.items():
        yield _page(route, who, answers)
    for question in seen.unfilled:
        if not question.query:
            yield Line(question.route, "", None, PAGE_MS, wrong=f"no row has {', '.join(sorted(question.names))}")


def _page(route: str, who: str, answers: Mapping[Question, Timed]) -> Line:
    refused = sorted({f"{question.query} {status}" for question, timed in answers.items() for status in timed.refused})
    spreads = {question: Spread.of(timed.took_ms) for question, timed in answers.items() if timed.took_ms}
    if not spreads:
        return Line(route, who, None, PAGE_MS, wrong="; ".join(refused))
    slowest = max(spreads, key=lambda question: spreads[question].p95_ms)
    aim_ms = None if any(timed.is_file for timed in answers.values()) else PAGE_MS
    return Line(route, who, spreads[slowest], aim_ms, slowest.query, "; ".join(refused))


def _steps(steps: Mapping[str, Timed]) -> Iterator[Line]:
    for does, timed in steps.items():
        spread = Spread.of(timed.took_ms) if timed.took_ms else None
        wrong = "; ".join(sorted({f"answered {status}" for status in timed.refused}))
        nothing = "" if spread or wrong else "no visit waited"
        yield Line(f"POST {does}", "supervisor", spread, STEP_MS, wrong=wrong or nothing)


def _crowd(name: str, met: Crowd) -> Line:
    rate = f"{len(met.took_ms) / met.seconds:.0f} answers a second; {met.told} told that another decided first"
    wrong = ", ".join(f"{count} × {what}" for what, count in met.errors.items())
    return Line(
        f"a crowd, {name}", "supervisors", Spread.of(met.took_ms) if met.took_ms else None, CROWD_MS, rate, wrong
    )
