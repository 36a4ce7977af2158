"""The benchmark's pictures: reliability, detection, and what each sense is worth. The same figures, the same bytes.

On white, so that they can be read on a page of any colour; glyphs are drawn as outlines, so that no font is needed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from ingest_server.words.bilingual import Words
from sim.benchmark.result import Benchmark
from sim.benchmark.words import about_of

CJK = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "SimHei",
)
# Okabe and Ito's colours, which the colour-blind tell apart; and dashes, which a grey print does.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":")
NAMES = ("benchmark-reliability.svg", "benchmark-detection.svg", "benchmark-senses.svg")


def draw_all(found: Benchmark, folder: Path) -> bool:
    """Write every picture into the folder. Whether there was a font with Chinese; else labels are in English alone."""
    font = next((name for name in CJK if name in font_manager.get_font_names()), None)
    for name, drawing in zip(NAMES, (_reliability, _detection, _senses), strict=True):
        with _style(font):
            canvas = Canvas(figsize=(7.2, 4.6), layout="constrained")
            drawing(found, canvas.add_subplot(), chinese=font is not None)
            canvas.savefig(folder / name, metadata={"Date": None, "Creator": None})
    return font is not None


@contextmanager
def _style(font: str | None) -> Iterator[None]:
    changes: dict[Any, Any] = {
        "svg.hashsalt": "carewitness",
        "svg.fonttype": "path",
        "font.family": [font or "DejaVu Sans"],
        "font.size": 9,
        "axes.unicode_minus": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#dddddd",
        "figure.facecolor": "white",
        "axes.facecolor": "white",
    }
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(changes)
        yield


def _reliability(found: Benchmark, axes: Axes, *, chinese: bool) -> None:
    """Found against said probability, both as log odds, so that the ends can be seen."""
    points = [point for point in found.reliability if point.visits]
    said = _log_odds([point.said for point in points])
    middle = _log_odds([point.found for point in points])
    low = _log_odds([point.found if point.low is None else point.low for point in points])
    high = _log_odds([point.found if point.high is None else point.high for point in points])
    axes.plot([-5, 5], [-5, 5], color="#777777", linewidth=1)
    # Of few visits the drawn interval may not hold what was found.
    spread = np.maximum(0.0, (middle - low, high - middle))
    axes.errorbar(said, middle, yerr=spread, fmt="o", color=COLOURS[0], capsize=3)
    ticks = [1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999]
    axes.set_xticks(_log_odds(ticks), [f"{100 * tick:g}%" for tick in ticks])
    axes.set_yticks(_log_odds(ticks), [f"{100 * tick:g}%" for tick in ticks])
    axes.set_xlabel(_say(Words("给出的造假概率", "probability of faking that was said"), chinese=chinese))
    axes.set_ylabel(_say(Words("实际造假比例", "share that was faked"), chinese=chinese))
    axes.set_title(_say(Words("可靠性图", "reliability, at the calibration's prior"), chinese=chinese))


def _detection(found: Benchmark, axes: Axes, *, chinese: bool) -> None:
    """Recall against false alarms, a line a typology."""
    for number, (typology, curve) in enumerate(found.curves.items()):
        axes.plot(
            [point.false_alarms for point in curve],
            [point.recall for point in curve],
            color=COLOURS[number % len(COLOURS)],
            linestyle=DASHES[number % len(DASHES)],
            drawstyle="steps-post",
            label=_say(about_of(typology.value), chinese=chinese),
        )
    axes.axvline(0.01, color="#777777", linewidth=1)
    axes.set_xscale("log")
    axes.set_ylim(0, 1.02)
    axes.set_xlabel(_say(Words("真实服务中的误报率", "false alarms among honest visits"), chinese=chinese))
    axes.set_ylabel(_say(Words("检出率", "recall"), chinese=chinese))
    axes.set_title(_say(Words("检出曲线", "detection curve, by way of faking"), chinese=chinese))
    axes.legend(fontsize=7, loc="lower right")


def _senses(found: Benchmark, axes: Axes, *, chinese: bool) -> None:
    """Recall at 1% false alarms with all senses, without each, and with each alone."""
    bars = [figure for figure in found.figures if figure.group == "worth_recall"]
    values = np.array([figure.value or 0.0 for figure in bars])
    low = np.array([figure.value or 0.0 if figure.low is None else figure.low for figure in bars])
    high = np.array([figure.value or 0.0 if figure.high is None else figure.high for figure in bars])
    colours = [COLOURS[_kind(figure.about)] for figure in bars]
    spread = (np.maximum(values - low, 0), np.maximum(high - values, 0))
    axes.barh(range(len(bars)), values, xerr=spread, color=colours, ecolor="#333333", capsize=2)
    axes.set_yticks(range(len(bars)), [_say(about_of(figure.about), chinese=chinese) for figure in bars])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel(_say(Words("1% 误报时的检出率", "recall at 1% false alarms"), chinese=chinese))
    axes.set_title(_say(Words("每种感知值多少", "what each sense is worth"), chinese=chinese))


def _kind(about: str) -> int:
    return 1 if about.startswith("without ") else 4 if about.endswith(" alone") else 0


def _log_odds(shares: list[float]) -> np.typing.NDArray[np.float64]:
    clipped = np.clip(np.array(shares, np.float64), 1e-5, 1 - 1e-5)
    return np.log10(clipped / (1 - clipped))


def _say(words: Words, *, chinese: bool) -> str:
    return words.both if chinese else words.en
