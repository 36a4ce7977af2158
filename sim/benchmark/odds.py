"""The tables of a world file: how often what happens, and by how much. See ``docs/world.md``."""

import sys
from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from sim.script import DecoyKind
from visit_record.vocabulary import Modality

Share = Annotated[float, Meta(ge=0, le=1)]
# TOML knows infinity and what is no number: neither is within these bounds.
LARGEST = sys.float_info.max
Finite = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Positive = Annotated[float, Meta(gt=0, le=LARGEST)]
Range = tuple[Finite, Finite]
Whole = Annotated[int, Meta(ge=1)]
WholeRange = tuple[Whole, Whole]


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

    def __post_init__(self) -> None:
        """Refuse a home of which a decoy or a sense is not told."""
        super().__post_init__()
        _check_whole("decoys", self.decoys, DecoyKind)
        _check_whole("withheld", self.withheld, Modality)


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


def _check_whole(key: str, told: Collection[StrEnum], asked: type[StrEnum]) -> None:
    missing = ", ".join(f"{key}.{one}" for one in asked if one not in told)
    if missing:
        raise ValueError(f"{missing}: missing; every key is asked for")
