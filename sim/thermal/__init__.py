"""Heat in a staged home, as a ceiling-mounted thermal array sees it."""

from sim.thermal.array import SimulatedThermalArray
from sim.thermal.decoys import Decoy, HotSpot, Pet, SunPatch
from sim.thermal.home import ThermalHome
from sim.thermal.truth import OccupancyTruth, occupancy_truth

__all__ = [
    "Decoy",
    "HotSpot",
    "OccupancyTruth",
    "Pet",
    "SimulatedThermalArray",
    "SunPatch",
    "ThermalHome",
    "occupancy_truth",
]
