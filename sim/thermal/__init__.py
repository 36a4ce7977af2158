"""Heat in a staged home, as a ceiling-mounted thermal array sees it."""

from sim.thermal.array import SimulatedThermalArray
from sim.thermal.cover import covered_frames
from sim.thermal.decoys import Decoy, HotSpot, Kettle, Pet, SunPatch
from sim.thermal.home import ThermalHome
from sim.thermal.truth import OccupancyTruth, occupancy_truth

__all__ = [
    "Decoy",
    "HotSpot",
    "Kettle",
    "OccupancyTruth",
    "Pet",
    "SimulatedThermalArray",
    "SunPatch",
    "ThermalHome",
    "covered_frames",
    "occupancy_truth",
]
