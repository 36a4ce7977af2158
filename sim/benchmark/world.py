"""World files: the distributions from which a benchmark's homes, people and visits are drawn. See ``docs/world.md``.

Nobody has published how often any of this happens; a world says what is supposed, so that another can be tried.
"""

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from sim.benchmark.odds import Caregivers, Homes, Section, Share, Sizes, Visits
from sim.benchmark.worlds import SHIPPED
from sim.errors import WorldError
from sim.staging.variants import SHOWN_BY_ONE, VARIANTS
from visit_record.vocabulary import Typology

NEARLY = 1e-6


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
    variants: dict[Typology, dict[str, Share]] = msgspec.field(default_factory=dict)

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
        return 0.0 if abs(left) <= NEARLY else float("inf")


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
        raise WorldError(
            f"the world {path} cannot be read: {cause}; {listed(SHIPPED)} ship with this version"
        ) from cause
    except WorldError as cause:
        raise WorldError(f"{path}: {cause}") from cause


def shipped_world(name: str) -> BenchmarkWorld:
    """One of the worlds that ship with this version, named in ``SHIPPED``.

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


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _check_variants(kind: Typology, shares: dict[str, float]) -> None:
    for name in shares:
        if name not in VARIANTS[kind]:
            raise ValueError(f"variants.{kind}.{name}: no such variant; there are {', '.join(VARIANTS[kind])}")
    _check_sum(f"variants.{kind}", shares)


def _check_sum(key: str, shares: dict[Typology, float] | dict[str, float]) -> None:
    total = sum(shares.values())
    if abs(total - 1) > NEARLY:
        raise ValueError(f"{key}: the shares sum to {total:g}, not to 1")
