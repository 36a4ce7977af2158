"""The benchmark's page: it says how it is written again, which aims are missed, and whose models it speaks of."""

import inspect
import shlex
from io import StringIO

import pytest
from msgspec.structs import replace
from rich.console import Console

from ingest_server.scoring.calibration import CURRENT
from sim.benchmark.page import command_of, page_text
from sim.benchmark.result import SCHEMA, Aim, Benchmark, Figure, Lived, Setting, Speed
from sim.benchmark.table import figure_table
from sim.cli import benchmark
from visit_record.vocabulary import Typology

SETTING = Setting("fitted", 7, 300, 9, "rules-1", CURRENT, {}, 0.5, 0.9, 20)
LIVED = Lived("python -m sim.benchmark.lived", 0, {}, {}, 1.0, ())
MISSED = Figure("recall", "empty_order", 0.4, 0.3, 0.5, 20, Aim(at_least=0.9), met=False)
MET = Figure("recall", "genuine", 0.95, None, None, 20, Aim(at_least=0.9), met=True)
UNTOLD = Figure("naming", "right_first", None, None, None, 0, Aim(at_least=0.7), met=None)
FOUND = Benchmark(SCHEMA, SETTING, {}, (MISSED, MET, UNTOLD), {}, {}, (), ())


def options_of(found: Benchmark) -> dict[str, object]:
    """What the page's command asks for, the command line's own defaults where it is silent."""
    told = {name: one.default for name, one in inspect.signature(benchmark).parameters.items()}
    words = shlex.split(command_of(found))[2:]
    for nth, word in enumerate(words):
        if word.startswith("--no-"):
            told[word.removeprefix("--no-")] = False
        elif word.startswith("--"):
            told[word.removeprefix("--")] = words[nth + 1] if nth + 1 < len(words) else True
    return told


def test_command_on_the_page_asks_for_all_that_the_figures_depend_on() -> None:
    told = options_of(FOUND)
    assert (told["world"], told["visits"], told["seed"], told["resamples"]) == ("fitted", "300", "7", "20")
    assert (told["lived"], told["speed"], told["calibration"], told["docs"]) == (False, False, None, True)


def test_command_on_the_page_names_another_calibration_and_leaves_in_what_was_in() -> None:
    setting = replace(SETTING, calibration="mine", world="my world.toml")
    told = options_of(replace(FOUND, setting=setting, lived=LIVED, speed=Speed(1, 1.0, 1.0)))
    assert (told["world"], told["calibration"]) == ("my world.toml", "mine.toml")
    assert (told["lived"], told["speed"]) == (True, True)


def test_page_says_plainly_which_aims_are_missed_and_which_could_not_be_told() -> None:
    page = page_text(FOUND, chinese=True)
    assert "1 of 3 aims are missed" in page
    assert "- ✗ 检出率（1% 误报时） · recall at 1% false alarms: 挂空单 · empty order: 40.0% (30.0%" in page
    assert "目标 aim ≥ 90.0%" in page
    assert "1 could not be told" in page


@pytest.mark.parametrize("changed", [(), ("occupancy", "voiceprint")])
def test_page_and_table_tell_of_models_that_lived_visits_do_not_speak_of(changed: tuple[str, ...]) -> None:
    found = replace(FOUND, lived=replace(LIVED, changed_models=changed))
    console = Console(width=80, file=StringIO(), record=True)
    console.print(figure_table(found))
    for told in (page_text(found, chinese=True), console.export_text()):
        assert ("occupancy, voiceprint" in " ".join(told.split())) == bool(changed)


def test_typology_that_was_named_but_never_caught_has_its_column() -> None:
    named = {Typology.EMPTY_ORDER: {Typology.PADDED_DURATION: 3}}
    page = page_text(replace(FOUND, named=named), chinese=True)
    assert "| 真实 · truth | 虚报时长 · padded duration |" in page
    assert "| 挂空单 · empty order | 3 |" in page
