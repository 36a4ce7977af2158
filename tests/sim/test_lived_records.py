"""The lived records that are kept with the code, which visits they are of, and the command that lives them."""

from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.benchmark.lived import RECORDS, Bundle, read_bundle
from sim.benchmark.lived.__main__ import app
from sim.benchmark.lived.sample import LEAST_OF_AN_ODDITY, sample
from sim.benchmark.world import shipped_world
from sim.staging.variants import SHOWN_BY_ONE, VARIANTS
from sim.staging.visits import StagedVisit
from visit_record.vocabulary import IntegrityKind, Typology

EVERY_WAY = {(kind, name) for kind in SHOWN_BY_ONE if kind is not Typology.GENUINE for name in VARIANTS[kind]}


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return read_bundle(RECORDS)


@pytest.fixture(scope="module")
def chosen() -> list[StagedVisit]:
    return sample(shipped_world("unseen"), 1, 200, 900.0)


def test_three_hundred_lived_records_are_kept_half_of_them_honest_and_faked_in_every_way(bundle: Bundle) -> None:
    assert len({visit.record.jti for visit in bundle.visits}) >= 300
    assert sum(visit.truth is Typology.GENUINE for visit in bundle.visits) >= 150
    assert {(visit.truth, visit.variant) for visit in bundle.visits if visit.truth is not Typology.GENUINE} == EVERY_WAY
    assert RECORDS.stat().st_size < 1_500_000


def test_kept_records_are_those_of_the_models_of_today(bundle: Bundle, registry: Path) -> None:
    """Red after a model was built anew: live the visits afresh, by the command in the file."""
    assert bundle.changed_models(registry) == ()


def test_devices_themselves_told_of_lost_sensors_covers_and_cut_power(bundle: Bundle) -> None:
    told = {event.kind for visit in bundle.visits for event in visit.record.integrity.events}
    assert told == set(IntegrityKind) - {IntegrityKind.DEVICE_MOVED}


def test_sample_is_honest_and_faked_by_turns_and_of_another_caregiver_each_time(chosen: list[StagedVisit]) -> None:
    assert [visit.truth is Typology.GENUINE for visit in chosen] == [True, False] * 100
    assert len({visit.plan.caregiver.id for visit in chosen}) == 200
    assert all(visit.plan.order.planned_duration_s <= 900 for visit in chosen)


def test_sample_spreads_fakes_over_every_variant(chosen: list[StagedVisit]) -> None:
    ways = Counter((visit.truth, visit.variant) for visit in chosen if visit.truth is not Typology.GENUINE)
    assert set(ways) == EVERY_WAY
    assert max(ways.values()) <= 4


def test_what_is_seldom_odd_is_among_the_honest(chosen: list[StagedVisit]) -> None:
    odd = Counter(oddity for visit in chosen if visit.truth is Typology.GENUINE for oddity in visit.oddities)
    seldom = ("lost_face", "lost_sound", "lost_thermal", "lost_position", "location_off", "clock_off")
    assert {oddity: odd[oddity] for oddity in seldom if odd[oddity] < LEAST_OF_AN_ODDITY} == {}


REFUSED = {
    "a world that does not ship": (["--world", "nowhere"], 1),
    "a world file that is not there": (["--world", "nowhere.toml"], 1),
    "one visit": (["--visits", "1"], 2),
    "a registry that is not there": (["--visits", "2", "--registry", "nowhere.toml"], 1),
}


@pytest.mark.parametrize(("options", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_wrong_option_is_one_line_and_an_exit_code(tmp_path: Path, options: list[str], status: int) -> None:
    run = CliRunner().invoke(app, [*options, "--folder", str(tmp_path / "kept"), "--out", str(tmp_path / "out.gz")])
    assert run.exit_code == status
    assert "Traceback" not in run.output
    assert not (tmp_path / "out.gz").exists()


def test_help_names_the_exit_codes() -> None:
    assert "130" in CliRunner().invoke(app, ["--help"]).output
