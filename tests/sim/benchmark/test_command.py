"""`visit-sim benchmark` as somebody calls it: a small world, its files, its exit statuses, and its refusals."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
from rich.console import Console
from rich.progress import Progress

from ingest_server.rules.rule_set import shipped_rules
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from sim.benchmark.command import Asked, encoded, judge
from sim.benchmark.page import write_page
from sim.benchmark.page_words import what_it_shows
from sim.benchmark.pictures import NAMES
from sim.benchmark.result import Benchmark, Figure
from sim.benchmark.run import Run, run
from sim.benchmark.weighing import CHUNK
from sim.benchmark.worlds import SHIPPED
from sim.errors import BenchmarkError
from visit_record.vocabulary import Modality

VISITS = 3 * CHUNK // 2


def called(*options: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sim", "benchmark", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=cwd)


def asked(folder: Path, world: str = "harsh", processes: int = 1, seed: int = 2) -> Asked:
    return Asked(world, VISITS, seed, None, folder / "found.json", folder, False, False, 5, processes)


def found(processes: int, seed: int = 2) -> Benchmark:
    with Progress(disable=True) as progress:
        return run(
            Run(
                "harsh",
                VISITS,
                seed,
                shipped_calibration(EVIDENCE_IDS),
                shipped_rules(EVIDENCE_IDS),
                processes,
                5,
                lived=False,
                speed=False,
            ),
            progress,
        )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("benchmark")
    judge(asked(folder), Console(quiet=True))
    return folder


def test_figures_in_json_can_be_read_back(written: Path) -> None:
    told = msgspec.json.decode((written / "found.json").read_bytes(), type=Benchmark)
    assert told.schema == "carewitness.benchmark/1"
    assert told.setting.visits == sum(told.counts.values())
    assert told.setting.visits >= VISITS // 2
    assert {"recall", "calibration", "missing_one", "missing_two", "queue", "naming", "cue", "authenticity"} <= {
        figure.group for figure in told.figures
    }


def test_page_shows_its_pictures_and_says_that_the_visits_are_staged(written: Path) -> None:
    page = (written / "benchmark.md").read_text("utf-8")
    assert "These are staged visits" in page
    for name in NAMES:
        assert f"({name})" in page
        assert (written / name).read_bytes().startswith(b"<?xml")


def test_page_explains_every_field_of_the_json() -> None:
    for field in (*Benchmark.__struct_fields__, *Figure.__struct_fields__):
        assert f"`{field}`" in what_it_shows() or field == "schema"


def test_same_seed_same_bytes_whatever_the_processes(written: Path) -> None:
    assert encoded(found(processes=2)) == (written / "found.json").read_bytes()


def test_another_seed_is_another_world(written: Path) -> None:
    assert encoded(found(processes=1, seed=3)) != (written / "found.json").read_bytes()


def test_pictures_of_the_same_figures_are_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write_page(msgspec.json.decode((written / "found.json").read_bytes(), type=Benchmark), tmp_path)
    for name in (*NAMES, "benchmark.md"):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes()


def test_table_can_be_read_on_a_narrow_terminal_and_strict_tells_a_missed_aim_by_its_status() -> None:
    less = ("--visits", str(VISITS), "--seed", "2", "--resamples", "0", "--no-speed", "--no-lived")
    done = called("--world", "harsh", *less, "--strict")
    assert done.returncode == 3, done.stderr
    assert "检出率（1% 误报时） · recall at" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_help_names_every_world_that_ships() -> None:
    told = called("--help").stdout
    assert all(name in told for name in SHIPPED)


REFUSED = {
    "no such world": (("--world", "nowhere.toml"), "nowhere.toml"),
    "a world that is none": (("--world", "{folder}/bad.toml"), "bad.toml"),
    "no such calibration": (("--calibration", "of-tomorrow"), "of-tomorrow"),
    "a calibration that is none": (("--calibration", "{folder}/bad.toml"), "calibration"),
    "no folder to write into": (("--json", "{folder}/not/there.json"), "not"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_mistake_of_the_caller_is_one_clear_line(case: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("faked_share = 2\n", "utf-8")
    options, word = REFUSED[case]
    done = called("--visits", "10", *(option.format(folder=tmp_path) for option in options))
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("error: ")
    assert word in line


def test_world_in_which_every_sense_is_withheld_is_judged_all_the_same(tmp_path: Path) -> None:
    """Nobody is caught, nobody is accused, and what cannot be told has no value and no mark."""
    text = files("sim.benchmark").joinpath("worlds", "harsh.toml").read_text("utf-8")
    head, rest = text.split("[homes.withheld]")
    withheld = "".join(f"{sense} = 1.0\n" for sense in Modality)
    world = tmp_path / "silent.toml"
    world.write_text(f"{head}[homes.withheld]\n{withheld}\n{rest[rest.index('[') :]}", "utf-8")
    with Progress(disable=True) as progress:
        told = run(
            Run(str(world), 60, 2, shipped_calibration(EVIDENCE_IDS), shipped_rules(EVIDENCE_IDS), 1, 0, False, False),
            progress,
        )
    by_name = {(one.group, one.about): one for one in told.figures}
    assert by_name["missing_one", "face"].value is by_name["missing_one", "face"].met is None
    assert by_name["bands", "honest: review"].value == 0.0


def test_world_in_which_everybody_is_honest_has_nothing_to_tell_apart() -> None:
    with pytest.raises(BenchmarkError, match="all honest or all faked"), Progress(disable=True) as progress:
        run(
            Run(
                "fitted",
                3,
                1,
                shipped_calibration(EVIDENCE_IDS),
                shipped_rules(EVIDENCE_IDS),
                1,
                0,
                lived=False,
                speed=False,
            ),
            progress,
        )
