"""Where the decoys of a script's conditions stand in a home: in the same place on every visit."""

from collections.abc import Callable, Mapping, Set
from functools import partial
from types import MappingProxyType

import numpy as np

from sim.script import DecoyKind, Spot
from sim.thermal.decoys import Decoy, HotSpot, Kettle, Pet, SunPatch
from sim.thermal.home import Point, ThermalHome

Place = Callable[[DecoyKind], Point]

# Metres from the bed's middle towards its foot's wall and along it: free of bed, bedside and seats.
_FROM_BED_M: Mapping[DecoyKind, Point] = MappingProxyType(
    {
        DecoyKind.HEATER: (0.75, 2.4),
        DecoyKind.KETTLE: (1.95, 0.35),
        DecoyKind.SUN_PATCH: (0.95, 1.3),
        DecoyKind.PET: (1.4, 0.9),
    }
)


def placed(kinds: Set[DecoyKind], home: ThermalHome, seed: int, duration_s: float) -> tuple[Decoy, ...]:
    """The decoys of these kinds; the visit's ``seed`` decides when water boils and how warm the sun is.

    Warm bedding is the bed's own and not among them.
    """
    rng = np.random.default_rng([seed, 0xDEC0])
    warmth, boils_at_s = float(rng.uniform(2, 4.5)), float(rng.uniform(0, duration_s))
    makers: Mapping[DecoyKind, Callable[[Point], Decoy]] = {
        DecoyKind.HEATER: HotSpot,
        DecoyKind.KETTLE: partial(Kettle, boils_at_s=boils_at_s),
        DecoyKind.SUN_PATCH: partial(SunPatch, warmer_k=warmth),
        DecoyKind.PET: Pet,
    }
    return tuple(make(_place(kind, home)) for kind, make in makers.items() if kind in kinds)


def _place(kind: DecoyKind, home: ThermalHome) -> Point:
    """As the plan is mirrored, so is what stands in it."""
    bed, basin, sofa = (home.spots_m[spot] for spot in (Spot.BED, Spot.BASIN, Spot.SOFA))
    down, across = _FROM_BED_M[kind]
    return (
        bed[0] + float(np.copysign(down, basin[0] - bed[0])),
        bed[1] + float(np.copysign(across, sofa[1] - bed[1])),
    )
