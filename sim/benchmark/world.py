"""World files: the distributions from which a benchmark's homes, people and visits are drawn. See ``docs/world.md``.

Nobody has published how often any of this happens; a world says what is supposed, so that another can be tried.
"""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from sim.errors import WorldError
from sim.script import DecoyKind
from sim.staging.variants import SHOWN_BY_ONE, VARIANTS
from visit_record.vocabulary import Modality, Typology

Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
Below = 1e-6
Range = tuple[float, float]
Whole = Annotated[int, Meta(ge=1)]
WholeRange = tuple[Whole, Whole]
SHIPPED = ("fitted", "unseen", "harsh")


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a world file. Every key is asked for: what is left to a default is a guess."""

    def __post_init__(self) -> None:
        """Refuse a range that runs downwards."""
        for key in self.__struct_fields__:
            value = getattr(self, key)
            if isinstance(value, tuple) and value[0] > value[1]:
                raise ValueError(f"{key}: {list(value)} runs downwards")


class Sizes(Section, frozen=True):
    """How many there are of everybody. There are as many agencies and caregivers as the visits asked for need."""

    caregivers_an_agency: WholeRange
    homes_a_caregiver: WholeRange
    few_visits_share: Share
    few_visits: WholeRange
    many_visits: WholeRange


class Caregivers(Section, frozen=True):
    """Who fakes, and how people work.

    Of each caregiver's visits a share is faked, drawn from a Beta distribution: around ``honest_faked_mean`` for honest
    ones, and for dishonest ones around what ``faked_share`` leaves. A large concentration draws them together.
    """

    dishonest_share: Share
    honest_faked_mean: Share
    honest_concentration: Positive
    dishonest_concentration: Positive
    favourite_share: Share
    quiet: Share
    talkative: Share
    forgetful: Share
    old_face: Share


class Homes(Section, frozen=True):
    """What is the same in all visits of a home."""

    television: Share
    family: Share
    rises: Share
    bathroom: Share
    dim: Share
    light: tuple[Share, Share]
    noisy: Share
    noise_db: Range
    low_gain: Share
    gain_db: Range
    distance_m: tuple[Positive, Positive]
    no_satellites: Share
    canyon: Share
    canyon_m: tuple[Positive, Positive]
    decoys: dict[DecoyKind, Share]
    withheld: dict[Modality, Share]


class Broken(Section, frozen=True):
    """How often each sensor is broken in a visit; of those ``for_a_part`` only for a part of it."""

    camera: Share
    microphone: Share
    thermal: Share
    receiver: Share
    for_a_part: Share


class Visits(Section, frozen=True):
    """What is drawn afresh for every visit."""

    early: Share
    late: Share
    refusal: Share
    shortened: Share
    moved: Share
    outing: Share
    quiet: Share
    family_helps: Share
    other_way_in: Share
    location_off: Share
    clock_off: Share
    mishap: Share
    power_cut: Share
    broken: Broken


class BenchmarkWorld(Section, frozen=True):
    """A world: how many visits are faked and how, and what all visits are like."""

    half: Literal["fit", "test"]
    faked_share: Share
    collusion: Share
    typologies: dict[Typology, Share]
    sizes: Sizes
    caregivers: Caregivers
    homes: Homes
    visits: Visits
    variants: dict[Typology, dict[str, Share]] = {}

    def __post_init__(self) -> None:
        """Refuse mixtures that are none, and shares that cannot all be true."""
        super().__post_init__()
        for kind in self.typologies:
            if kind is Typology.GENUINE or kind not in SHOWN_BY_ONE:
                raise ValueError(f"typologies.{kind}: not a way of faking that one visit can show")
        _check_sum("typologies", self.typologies)
        for kind, shares in self.variants.items():
            _check_variants(kind, shares)
        if not 0 <= self.dishonest_faked_mean < 1:
            raise ValueError(
                f"faked_share: dishonest caregivers would have to fake {self.dishonest_faked_mean:.3f} of their visits;"
                " change it, caregivers.dishonest_share or caregivers.honest_faked_mean"
            )

    @property
    def dishonest_faked_mean(self) -> float:
        """The share of visits that a dishonest caregiver fakes in the mean, so that ``faked_share`` comes out."""
        people = self.caregivers
        left = self.faked_share - (1 - people.dishonest_share) * people.honest_faked_mean
        if people.dishonest_share:
            return left / people.dishonest_share
        return 0.0 if abs(left) <= Below else float("inf")


def parse_world(text: str) -> BenchmarkWorld:
    """Read a world file's text.

    Raises:
        WorldError: not TOML, a key missing, unknown or out of its bounds, or shares that do not sum to 1; it names it.
    """
    try:
        return msgspec.convert(tomllib.loads(text), BenchmarkWorld)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as cause:
        raise WorldError(f"the world cannot be read: {cause}") from cause


def open_world(path: Path) -> BenchmarkWorld:
    """Read a world file.

    Raises:
        WorldError: missing, unreadable, or as :func:`parse_world`.
    """
    try:
        return parse_world(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as cause:
        raise WorldError(f"the world {path} cannot be read: {cause}") from cause
    except WorldError as cause:
        raise WorldError(f"{path}: {cause}") from cause


def shipped_world(name: str) -> BenchmarkWorld:
    """One of the worlds that ship with this version: ``fitted``, ``unseen`` or ``harsh``.

    Raises:
        WorldError: there is no such world.
    """
    if name not in SHIPPED:
        raise WorldError(f"no world {name!r} ships; there are {', '.join(SHIPPED)}")
    return parse_world(files("sim.benchmark").joinpath("worlds", f"{name}.toml").read_text("utf-8"))


def named_world(name: str) -> BenchmarkWorld:
    """A shipped world by its name, or that of a file.

    Raises:
        WorldError: as :func:`open_world`.
    """
    return shipped_world(name) if name in SHIPPED else open_world(Path(name))


def _check_variants(kind: Typology, shares: dict[str, float]) -> None:
    for name in shares:
        if name not in VARIANTS[kind]:
            raise ValueError(f"variants.{kind}.{name}: no such variant; there are {', '.join(VARIANTS[kind])}")
    _check_sum(f"variants.{kind}", shares)


def _check_sum(key: str, shares: dict[Typology, float] | dict[str, float]) -> None:
    total = sum(shares.values())
    if abs(total - 1) > Below:
        raise ValueError(f"{key}: the shares sum to {total:g}, not to 1")
