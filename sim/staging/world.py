"""Seeded agencies, homes and people. Identifiers only: nobody in here has a name."""

from dataclasses import dataclass, field

import numpy as np

from sim.script import DecoyKind, Portrait, Voice
from visit_record.vocabulary import Modality

CITY_CENTRE_DEG = (31.2304, 121.4737)
# The agency whose first and last caregiver are one person.
SHARED_FACE_AGENCY = "c"
ITEM_SETS: tuple[tuple[str, ...], ...] = (
    ("feeding", "bed_making", "oral_care"),
    ("hair_washing", "bed_making", "skin_care"),
    ("feeding", "sponge_bath", "turning_and_back_patting"),
    ("face_and_hair_care", "feeding", "dressing"),
    ("hand_and_foot_care", "room_cleaning", "feeding"),
)


@dataclass(frozen=True)
class Habits:
    """A caregiver's ways, the same in every visit.

    ``talk`` is the share of the time by the recipient in which one of the two speaks, ``sound`` how much is heard of
    their work against what is usual, ``forgetful`` how often they press the buttons late.
    """

    talk: float = 0.6
    sound: float = 1.0
    forgetful: float = 0.0
    old_face: bool = False


@dataclass(frozen=True)
class Room:
    """What a home does to its visits, the same in every one of them; see :class:`sim.script.Conditions` for the units.

    ``rises`` is whether the recipient can leave the bed; ``bathroom`` whether they are bathed out of the device's
    view; ``reception_off_m`` by how much high houses move a fix.
    """

    television: bool = False
    family: Voice | None = None
    rises: bool = False
    bathroom: bool = False
    light: float = 1.0
    noise_db: float | None = None
    gain_db: float = 0.0
    distance_m: float = 2.0
    decoys: frozenset[DecoyKind] = frozenset()
    withheld: frozenset[Modality] = frozenset()
    satellites: bool = True
    reception_off_m: float = 0.0


@dataclass(frozen=True)
class Caregiver:
    """A caregiver of an agency, with the face and voice they enrolled.

    ``same_person_as`` is another id that one and the same person enrolled under (一脸多卡).
    """

    id: str
    portrait: Portrait
    voice: Voice
    same_person_as: str | None = None
    habits: Habits = field(default_factory=Habits)


@dataclass(frozen=True)
class Home:
    """A recipient's home and the device in its room; ``planned_s`` is the time that a visit is usually ordered for."""

    recipient: str
    device: str
    agency: str
    latitude_deg: float
    longitude_deg: float
    visits_a_week: int
    items: tuple[str, ...]
    voice: Voice
    caregivers: tuple[Caregiver, ...]
    room: Room = field(default_factory=Room)
    planned_s: float = 3600.0


@dataclass(frozen=True)
class World:
    """All homes, by agency."""

    homes: tuple[Home, ...]

    @property
    def agencies(self) -> tuple[str, ...]:
        """Agencies, in order."""
        return tuple(sorted({home.agency for home in self.homes}))


def build_world(seed: int, agencies: int = 3, homes_each: int = 8, caregivers_each: int = 4) -> World:
    """A world that depends on its seed alone."""
    rng = np.random.default_rng([seed, 0x5747])
    return World(
        tuple(
            home
            for letter in "abcdefghijklmnopqrstuvwxyz"[:agencies]
            for home in _homes(f"agency-{letter}", letter, homes_each, _caregivers(letter, caregivers_each, rng), rng)
        )
    )


def _caregivers(letter: str, count: int, rng: np.random.Generator) -> list[Caregiver]:
    # Two portraits serve everybody: history needs no pictures, and lived visits use one caregiver of each.
    portraits = list(Portrait)
    caregivers = [
        Caregiver(f"caregiver-{letter}{number:02}", portraits[number % 2], caregiver_voice(portraits[number % 2], rng))
        for number in range(1, count + 1)
    ]
    if letter == SHARED_FACE_AGENCY and count > 1:
        first, last = caregivers[0], caregivers[-1]
        caregivers[-1] = Caregiver(last.id, first.portrait, first.voice, same_person_as=first.id)
    return caregivers


def caregiver_voice(portrait: Portrait, rng: np.random.Generator) -> Voice:
    """A voice that fits the portrait."""
    if portrait is Portrait.GRACE_HOPPER:
        return Voice(float(rng.uniform(190, 215)), float(rng.uniform(0.84, 0.88)))
    return Voice(float(rng.uniform(230, 260)), float(rng.uniform(0.76, 0.8)))


def _homes(agency: str, letter: str, count: int, caregivers: list[Caregiver], rng: np.random.Generator) -> list[Home]:
    return [_home(agency, f"{letter}{number:02}", caregivers, rng) for number in range(1, count + 1)]


def _home(agency: str, code: str, caregivers: list[Caregiver], rng: np.random.Generator) -> Home:
    latitude_deg, longitude_deg = (centre + float(rng.normal(0, 0.03)) for centre in CITY_CENTRE_DEG)
    regulars = rng.choice(len(caregivers), size=min(2, len(caregivers)), replace=False)
    return Home(
        recipient=f"recipient-{code}",
        device=f"device-{code}",
        agency=agency,
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        # Shanghai: three visits a week at levels 2-3, five at level 4, seven at levels 5-6.
        visits_a_week=int(rng.choice([3, 5, 7], p=[0.5, 0.3, 0.2])),
        items=ITEM_SETS[int(rng.integers(len(ITEM_SETS)))],
        voice=Voice(float(rng.uniform(95, 150)), float(rng.uniform(0.95, 1.08))),
        caregivers=tuple(caregivers[index] for index in regulars),
    )
