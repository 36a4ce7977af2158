"""The part of the benchmark's page about the visits that were lived."""

from collections.abc import Iterator
from typing import Final

from ingest_server.scoring.verdict import DOUBTED
from sim.benchmark.result import Benchmark, Lived, Verdicts
from sim.benchmark.words import called, changed_models_said
from visit_record.vocabulary import Typology

WHAT_IT_SHOWS: Final = """\
The figures above draw what a sensor would have said from measured distributions. These visits were *lived*: every
second of them passed as pictures, sound, heat and satellites through the device's own perception code and its real
models, into a sealed record. Sensors and people are simulated all the same. The very same visits are weighed again with
drawn senses, so that what differs between the two is what the drawing leaves out. Each pair is lived / drawn."""


def lived_lines(found: Benchmark) -> Iterator[str]:
    """Verdicts by truth, lived and drawn; and whether each measurement comes out alike."""
    if (lived := found.lived) is None:
        return
    yield "## 真实感知走完的服务 · Visits lived through the real perception"
    yield f"{lived.visits} visits, made by `{lived.command}`."
    yield from (WHAT_IT_SHOWS, "")
    if changed := changed_models_said(lived):
        yield from (f"**{changed}**", "")
    yield "| 真实 · truth | 次数 · n | 越过 1% 线 · above the 1% threshold | 待复核 · for review | 类型正确 · named |"
    yield "|---|---|---|---|---|"
    for kind in lived.lived:
        yield f"| {called(kind)} | {' | '.join(_both(kind, lived))} |"
    yield from ("", f"{lived.same_band:.1%} of the visits stand in the same band either way.", "")
    yield from _likenesses(lived)


def _likenesses(lived: Lived) -> Iterator[str]:
    yield from ("| 证据 · evidence | 次数 · n | 中位数 · median | 分布差 · distance |", "|---|---|---|---|")
    for one in lived.likeness:
        numbers = f"{one.lived_visits} / {one.drawn_visits} | {one.lived_median:.3g} / {one.drawn_median:.3g}"
        yield f"| `{one.evidence}` | {numbers} | {one.distance:.2f} |"
    yield from (
        "",
        "The distance is Kolmogorov's and Smirnov's: 0 where two distributions are the same, 1 where disjoint.",
    )
    yield ""


def _both(kind: Typology, lived: Lived) -> Iterator[str]:
    one, other = lived.lived[kind], lived.drawn[kind]
    yield str(one.visits)
    yield f"{one.above_threshold} / {other.above_threshold}"
    yield f"{_doubted(one)} / {_doubted(other)}"
    yield f"{one.named.get(kind, 0)} / {other.named.get(kind, 0)}"


def _doubted(verdicts: Verdicts) -> int:
    return sum(count for band, count in verdicts.bands.items() if band in DOUBTED)
