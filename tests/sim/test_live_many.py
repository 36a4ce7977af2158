"""Visits lived in processes: resumable, one's failure not another's, and kept whole or not at all."""

import gzip
import os
import subprocess
import sys
from collections import deque
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec
import pytest

from sim.benchmark.lived import Outcome, live_many, read_bundle
from sim.benchmark.lived.bundle import LivedRecord, bundle_of, write_bundle
from sim.benchmark.lived.many import live_each
from sim.benchmark.lived.shelf import Shelf
from sim.errors import BenchmarkError
from sim.script import Conditions, DecoyKind, Outage
from sim.staging.plan import plan_visit
from sim.staging.visits import StagedVisit, stage
from sim.staging.world import build_world
from tests.conftest import ROOT
from tests.visit_record.examples import honest_visit
from visit_record.record import VisitRecord
from visit_record.vocabulary import Modality, Typology

WORLD = build_world(seed=5)
RECORD = honest_visit()


def staged(seed: int, typology: Typology = Typology.GENUINE, minutes: float = 4.0) -> StagedVisit:
    home = WORLD.homes[seed % len(WORLD.homes)]
    plan = plan_visit(seed, home, home.caregivers[0], 1_790_000_000_000, 60 * minutes)
    return replace(stage(plan, typology), variant=f"way {seed}")


def scripted(note: Path, one: StagedVisit) -> VisitRecord:
    """Stands in for a device: some visits fail, some take their process with them."""
    with note.open("a") as file:
        file.write(f"{one.plan.visit_seed}\n")
    match one.variant:
        case "fails":
            raise RuntimeError("the array\nburnt down")
        case "dies":
            os._exit(9)
        case _:
            return RECORD


def test_broken_visit_is_told_of_and_stops_no_other(tmp_path: Path) -> None:
    visits = [staged(1), replace(staged(2), variant="fails"), replace(staged(3), variant="dies"), staged(4), staged(5)]
    outcomes = list(live_each(deque(visits), partial(scripted, tmp_path / "note"), 2))
    told = {outcome.staged.plan.visit_seed: outcome for outcome in outcomes}
    assert {seed for seed, outcome in told.items() if outcome.record == RECORD} == {1, 4, 5}
    assert told[2].error == "RuntimeError: the array burnt down"
    assert told[3].error is not None
    assert len(outcomes) == len(visits)


def test_stopping_early_begins_no_more_visits(tmp_path: Path) -> None:
    outcomes = live_each(deque(staged(seed) for seed in range(9)), partial(scripted, tmp_path / "note"), 1)
    next(outcomes)
    assert isinstance(outcomes, Generator)
    outcomes.close()
    assert len((tmp_path / "note").read_text().split()) <= 2


def test_visit_is_lived_once_and_found_again(tmp_path: Path, registry: Path) -> None:
    """By the real device, with no more than heat and position to sense; a torn file counts as never lived."""
    plan = replace(staged(6, minutes=2).plan, withheld=frozenset({Modality.FACE, Modality.VOICE, Modality.SOUND}))
    visit, told = replace(staged(6, minutes=2), plan=plan), list[Outcome]()
    ((_, first),) = live_many([visit], tmp_path, registry, 1, told.append)
    ((_, again),) = live_many([visit], tmp_path, registry, 1, told.append)
    assert first == again
    assert first.who.caregiver == visit.plan.caregiver.id
    assert [outcome.kept for outcome in told] == [False, True]
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    assert Shelf.open(tmp_path, registry).find(visit) is None


def test_kept_record_is_that_of_script_software_and_models_alone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "1.0", {"occupancy": "a" * 64})
    shelf.keep(staged(7), RECORD)
    found = shelf.find(staged(7))
    assert found is not None
    assert (found.truth, found.variant, found.record) == (Typology.GENUINE, "way 7", RECORD)
    darker = replace(staged(7), script=replace(staged(7).script, conditions=Conditions(light=0.3)))
    assert shelf.find(darker) is None
    assert replace(shelf, software="1.1").find(staged(7)) is None
    assert replace(shelf, models={"occupancy": "b" * 64}).find(staged(7)) is None


NAME_IT = """
from pathlib import Path
from sim.benchmark.lived.shelf import Shelf
from tests.sim.test_live_many import odd
print(Shelf(Path("."), "1.0", {"b": "2", "a": "1"}).path(odd()))
"""


def odd() -> StagedVisit:
    decoys = frozenset({DecoyKind.PET, DecoyKind.HEATER, DecoyKind.KETTLE, DecoyKind.SUN_PATCH})
    conditions = Conditions(decoys=decoys, outages=(Outage(Modality.FACE, 0, 9),))
    return replace(staged(8), script=replace(staged(8).script, conditions=conditions))


def test_name_of_a_kept_visit_is_the_same_in_every_process() -> None:
    """Sets of words have another order in every process."""
    names = [
        subprocess.run(
            [sys.executable, "-c", NAME_IT],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert names[0].startswith("0000000008-")
    assert names[0] == names[1]


def test_folder_that_cannot_be_made_is_said_so(tmp_path: Path, registry: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BenchmarkError, match="name another folder"):
        list(live_many([staged(1)], tmp_path / "file" / "kept", registry))


def lived(number: int, **changed: object) -> LivedRecord:
    record = msgspec.structs.replace(RECORD, jti=f"{number:08x}-0000-7000-8000-000000000000", **changed)
    return LivedRecord(Typology.EMPTY_ORDER, "sits idle", record)


def test_bundle_is_read_as_it_was_written_and_always_has_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "a" / "records.json.gz", tmp_path / "b.json.gz"
    write_bundle(bundle_of([lived(2), lived(1)], "the command"), one)
    write_bundle(bundle_of([lived(1), lived(2)], "the command"), other)
    assert one.read_bytes() == other.read_bytes()
    read = read_bundle(one)
    assert read == bundle_of([lived(1), lived(2)], "the command")
    assert [visit.record.jti[:8] for visit in read.visits] == ["00000001", "00000002"]


def test_bundle_says_which_models_are_others_now(registry: Path) -> None:
    bundle = bundle_of([lived(1, models={"occupancy": "a" * 64, "forgotten": "b" * 64})], "the command")
    assert bundle.changed_models(registry) == ("forgotten", "occupancy")


@pytest.mark.parametrize(
    "visits",
    [[], [lived(1), lived(2, models={"care_sound": "c" * 64})], [lived(1), lived(2, swversion="9")]],
    ids=["none", "two sets of models", "two versions"],
)
def test_what_was_not_lived_alike_is_no_bundle(visits: list[LivedRecord]) -> None:
    with pytest.raises(BenchmarkError):
        bundle_of(visits, "the command")


UNREADABLE = {
    "no gzip": b"{}",
    "cut short": gzip.compress(b"{}" * 900)[:30],
    "no bundle": gzip.compress(b'{"visits": 3}'),
    "no JSON": gzip.compress(b"\xff"),
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_damaged_bundle_is_said_to_be_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "records.json.gz"
    path.write_bytes(content)
    with pytest.raises(BenchmarkError, match="afresh"):
        read_bundle(path)
