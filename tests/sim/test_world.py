"""A world file that says something impossible is refused by its key, and every key is documented."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from models.weighing.fit import CHOOSING, WORLDS
from sim.benchmark.odds import Section
from sim.benchmark.page_words import what_it_shows
from sim.benchmark.world import BenchmarkWorld, open_world, parse_world, shipped_world
from sim.benchmark.worlds import SHIPPED
from sim.errors import WorldError
from sim.script import DecoyKind
from sim.staging.variants import VARIANTS
from visit_record.vocabulary import Modality, Typology

DOCS = Path(__file__).parents[2] / "docs" / "world.md"
FITTED = files("sim.benchmark").joinpath("worlds", "fitted.toml").read_text("utf-8")


def keys(section: type[Section], prefix: str = "") -> Iterator[str]:
    for field in msgspec.structs.fields(section):
        inner = field.type
        if isinstance(inner, type) and issubclass(inner, Section):
            yield from keys(inner, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name


@pytest.mark.parametrize("key", list(keys(BenchmarkWorld)))
def test_every_key_is_documented(key: str) -> None:
    assert f"| `{key}` |" in DOCS.read_text("utf-8")


def test_docs_name_no_key_that_is_not_there() -> None:
    rows = [line.split("`")[1] for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert {row for row in rows if not row.endswith(".toml")} == set(keys(BenchmarkWorld))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_worlds_say_all_there_is(name: str) -> None:
    world = shipped_world(name)
    assert set(world.homes.decoys) == set(DecoyKind)
    assert set(world.homes.withheld) == set(Modality)
    assert sum(world.typologies.values()) == pytest.approx(1)


def test_every_world_ships_and_is_documented_by_one_list() -> None:
    rows = [line.split("`")[1] for line in DOCS.read_text("utf-8").splitlines() if ".toml` |" in line]
    there = {path.name for path in files("sim.benchmark").joinpath("worlds").iterdir() if path.name.endswith(".toml")}
    assert rows == [f"{name}.toml" for name in SHIPPED]
    assert there == set(rows)


def test_weights_are_fitted_on_the_half_of_the_fit_and_judged_on_the_other() -> None:
    assert {shipped_world(name).half for name in (*WORLDS, CHOOSING)} == {"fit"}
    assert shipped_world("unseen").half == "test"


@pytest.mark.parametrize("name", SHIPPED)
def test_page_says_which_half_a_world_is_judged_on(name: str) -> None:
    (line,) = (line for line in what_it_shows().splitlines() if f"`{name}`" in line)
    other, very = line.split(" on the other, ")
    assert f"`{name}`" in (very if shipped_world(name).half == "fit" else other)


def test_unseen_world_is_another_one_than_the_fitted() -> None:
    fitted, unseen = shipped_world("fitted"), shipped_world("unseen")
    assert fitted.typologies != unseen.typologies
    assert fitted.faked_share == 0.08
    assert unseen.visits.broken.camera > fitted.visits.broken.camera
    assert unseen.homes.noisy > fitted.homes.noisy


REFUSED = {
    "a key that is none": ("[homes]\n", "[homes]\nghosts = 0.1\n", "ghosts"),
    "a key that is missing": ("refusal = 0.06\n", "", "refusal"),
    "a negative share": ("dim = 0.15", "dim = -0.15", "homes.dim"),
    "a share above one": ("outing = 0.03", "outing = 1.03", "visits.outing"),
    "a share in words": ("pet = 0.1", 'pet = "often"', "homes.decoys"),
    "a mixture that does not sum": ("empty_order = 0.2", "empty_order = 0.3", "typologies"),
    "an unknown typology": ("empty_order = 0.2", "empty_orders = 0.2", "typologies"),
    "genuine as a way of faking": ("empty_order = 0.2", "genuine = 0.2", "typologies.genuine"),
    "a typology that needs two visits": ("empty_order = 0.2", "double_booking = 0.2", "typologies.double_booking"),
    "an unknown variant": ("[sizes]", "[variants.empty_order]\nflies = 1.0\n[sizes]", "variants.empty_order.flies"),
    "variants that do not sum": ("[sizes]", "[variants.empty_order]\nleaves = 0.9\n[sizes]", "variants.empty_order"),
    "a range that runs down": ("light = [0.3, 0.9]", "light = [0.9, 0.3]", "light"),
    "a range of one": ("noise_db = [-15.0, -3.0]", "noise_db = [-15.0]", "homes.noise_db"),
    "a decoy that is missing": ("pet = 0.1\n", "", "decoys.pet"),
    "a sense that is missing": ("position = 0.02\n", "", "withheld.position"),
    "a range that is no number": ("noise_db = [-15.0, -3.0]", "noise_db = [nan, inf]", "homes.noise_db"),
    "a range without end": ("canyon_m = [30.0, 300.0]", "canyon_m = [30.0, inf]", "homes.canyon_m"),
    "a number without end": ("= 250.0", "= inf", "caregivers.honest_concentration"),
    "a share that is no number": ("pet = 0.1", "pet = nan", "homes.decoys"),
    "nobody to fake so much": ("faked_share = 0.08", "faked_share = 0.5", "faked_share"),
    "more faked by honest people than at all": ("faked_share = 0.08", "faked_share = 0.001", "faked_share"),
    "a half that was not measured": ('half = "fit"', 'half = "both"', "half"),
    "not TOML": ("[sizes]", "[sizes", "cannot be read"),
    "visits of nobody": ("few_visits = [3, 19]", "few_visits = [0, 19]", "sizes.few_visits"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_impossible_world_is_refused_by_its_key(case: str) -> None:
    old, new, key = REFUSED[case]
    assert old in FITTED
    with pytest.raises(WorldError, match=key.replace(".", r"\.")):
        parse_world(FITTED.replace(old, new, 1))


def test_world_file_is_read_and_a_bad_one_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    with pytest.raises(WorldError, match=r"mine\.toml"):
        open_world(path)
    path.write_text(FITTED, "utf-8")
    assert open_world(path) == shipped_world("fitted")
    path.write_text(FITTED.replace("dim = 0.15", "dim = 2"), "utf-8")
    with pytest.raises(WorldError, match=r"mine\.toml.*homes\.dim"):
        open_world(path)


def test_world_that_does_not_ship_is_refused() -> None:
    with pytest.raises(WorldError, match=", ".join(SHIPPED)):
        shipped_world("rosy")


def test_variants_named_in_worlds_exist() -> None:
    for name in SHIPPED:
        for kind, ways in (
            tomllib.loads(files("sim.benchmark").joinpath("worlds", f"{name}.toml").read_text("utf-8"))
            .get("variants", {})
            .items()
        ):
            assert set(ways) == set(VARIANTS[Typology(kind)])
