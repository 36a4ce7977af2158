"""The senses of a staged device, as the real models do.

senses = Senses.measured(Half.TEST)
look = senses.faces.own("caregiver-a01", script.conditions, rng)
"""

from dataclasses import dataclass
from functools import cache

from sim.senses.faces import FaceSense
from sim.senses.half import Half
from sim.senses.liveness import LivenessSense
from sim.senses.measured import shipped
from sim.senses.rooms import RoomSense
from sim.senses.sounds import SoundSense
from sim.senses.voices import VoiceSense


@dataclass(frozen=True)
class Senses:
    """Everything that a staged device perceives by; who draws hands in the randomness."""

    faces: FaceSense
    liveness: LivenessSense
    voices: VoiceSense
    sounds: SoundSense
    rooms: RoomSense

    @classmethod
    def measured(cls, half: Half) -> "Senses":
        """As measured on the people, speakers, clips and homes of one half."""
        return _of(half)


@cache
def _of(half: Half) -> Senses:
    told = shipped().of(half)
    return Senses(
        FaceSense(told.faces),
        LivenessSense(told.liveness),
        VoiceSense(told.voices),
        SoundSense(told.sounds, told.steady),
        RoomSense(told.rooms),
    )
