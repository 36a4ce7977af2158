"""Lived visits beside the same ones drawn: here the lived ones are drawn too, so that what must come out is known."""

from dataclasses import replace as replaced
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from edge_agent.perception.model_registry import read_registry
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from sim.benchmark.compared import lived_of
from sim.benchmark.dropping import SENSES, without
from sim.benchmark.lived import REGISTRY, Bundle, LivedRecord
from sim.benchmark.lived.sample import sample
from sim.benchmark.weighing import Judge
from sim.benchmark.words import changed_models_said
from sim.benchmark.world import named_world
from sim.errors import BenchmarkError
from sim.senses import Half
from visit_record.record import VisitRecord

JUDGE = Judge(Half.TEST, shipped_calibration(EVIDENCE_IDS), shipped_rules(EVIDENCE_IDS))
COUNT, COMMAND = 40, "python -m sim.benchmark.lived --visits 40 --world harsh --seed 3 --longest-minutes 10"
NO_LIMIT = float("-inf")


@cache
def bundle() -> Bundle:
    visits = sample(named_world("harsh"), 3, COUNT, 600)
    lived = tuple(LivedRecord(one.truth, one.variant, JUDGE.record(one)) for one in visits)
    return Bundle(COMMAND, "0.1.0", {}, lived)


def changed(change: VisitRecord, at: int) -> Bundle:
    visits = tuple(replace(one, record=change) if n == at else one for n, one in enumerate(bundle().visits))
    return Bundle(COMMAND, "0.1.0", {}, visits)


def test_the_same_records_are_the_same_in_every_figure() -> None:
    lived = lived_of(bundle(), REGISTRY, JUDGE, NO_LIMIT, EVIDENCE_IDS)
    assert lived.visits == COUNT
    assert lived.lived == lived.drawn
    assert sum(told.visits for told in lived.lived.values()) == COUNT
    assert lived.same_band == 1.0
    assert lived.likeness
    assert {one.distance for one in lived.likeness} == {0.0}


def test_visit_of_which_nothing_was_perceived_stands_in_another_band() -> None:
    blind = changed(without(bundle().visits[0].record, SENSES), at=0)
    assert lived_of(blind, REGISTRY, JUDGE, NO_LIMIT, EVIDENCE_IDS).same_band == pytest.approx(1 - 1 / COUNT)


def test_lived_visit_that_is_not_of_its_world_is_refused() -> None:
    stranger = changed(replace(bundle().visits[0].record, iss="device-of-another-world"), at=0)
    with pytest.raises(BenchmarkError, match="no longer those of their world"):
        lived_of(stranger, REGISTRY, JUDGE, NO_LIMIT, EVIDENCE_IDS)


def test_bundle_that_does_not_say_how_its_visits_were_chosen_is_refused() -> None:
    with pytest.raises(BenchmarkError, match="do not say how"):
        lived_of(Bundle("by hand", "0.1.0", {}, bundle().visits), REGISTRY, JUDGE, NO_LIMIT, EVIDENCE_IDS)


def test_records_of_another_model_are_not_weighed_in_silence() -> None:
    now = {role: entry.sha256 for role, entry in read_registry(REGISTRY).items()}
    same = replaced(bundle(), models=now)
    assert lived_of(same, REGISTRY, JUDGE, NO_LIMIT, EVIDENCE_IDS).changed_models == ()
    other = replaced(bundle(), models={**now, "occupancy": "a" * 64})
    lived = lived_of(other, REGISTRY, JUDGE, NO_LIMIT, EVIDENCE_IDS)
    assert lived.changed_models == ("occupancy",)
    said = changed_models_said(lived)
    assert said is not None
    assert "occupancy" in said


def test_registry_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="registry"):
        lived_of(bundle(), tmp_path / "registry.toml", JUDGE, NO_LIMIT, EVIDENCE_IDS)
