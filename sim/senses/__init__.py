"""How well the senses of staged devices do: drawn from what was measured of the real models."""

from sim.senses.half import Half
from sim.senses.senses import Senses

__all__ = ["Half", "Senses"]
