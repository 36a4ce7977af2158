"""The homes of a world, drawn: whose device, what is usually ordered, and what makes it hard to witness."""

import numpy as np

from sim.benchmark.odds import Homes
from sim.script import Voice
from sim.staging.world import CITY_CENTRE_DEG, Caregiver, Home, Room
from visit_record.catalogue import service_items

PLANNED_MINUTES, PLANNED_SHARES = (30, 40, 45, 60, 75, 90), (0.08, 0.08, 0.12, 0.5, 0.12, 0.1)
# How often an item is among those of a home: daily living often, what needs a nurse seldom.
SELDOM = frozenset({"tube_feeding", "catheter_care", "wound_dressing", "perineal_care", "adl_training", "transfer"})
SELDOM_WEIGHT = 0.35
KINDS_A_HOME = (3, 9)
# Most homes are in one town, the more the nearer to its middle.
TOWN_DEG = 0.06


def draw_home(odds: Homes, code: str, agency: str, caregiver: Caregiver, rng: np.random.Generator) -> Home:
    """A home of one caregiver's; ids end with ``code``."""
    latitude_deg, longitude_deg = (centre + float(rng.normal(0, TOWN_DEG)) for centre in CITY_CENTRE_DEG)
    return Home(
        recipient=f"recipient-{code}",
        device=f"device-{code}",
        agency=agency,
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        visits_a_week=int(rng.choice([3, 5, 7], p=[0.5, 0.3, 0.2])),
        items=_items(rng),
        voice=Voice(float(rng.uniform(95, 190)), float(rng.uniform(0.86, 1.08))),
        caregivers=(caregiver,),
        room=_room(odds, rng),
        planned_s=60.0 * float(rng.choice(PLANNED_MINUTES, p=PLANNED_SHARES)),
    )


def _items(rng: np.random.Generator) -> tuple[str, ...]:
    items = list(service_items())
    weights = np.array([SELDOM_WEIGHT if item in SELDOM else 1.0 for item in items])
    count = int(rng.integers(KINDS_A_HOME[0], KINDS_A_HOME[1] + 1))
    return tuple(rng.choice(items, count, replace=False, p=weights / weights.sum()).tolist())


def _room(odds: Homes, rng: np.random.Generator) -> Room:
    def holds(share: float) -> bool:
        return bool(rng.random() < share)

    return Room(
        television=holds(odds.television),
        family=Voice(float(rng.uniform(110, 220)), float(rng.uniform(0.82, 1.02))) if holds(odds.family) else None,
        rises=holds(odds.rises),
        bathroom=holds(odds.bathroom),
        light=float(rng.uniform(*odds.light)) if holds(odds.dim) else 1.0,
        noise_db=float(rng.uniform(*odds.noise_db)) if holds(odds.noisy) else None,
        gain_db=float(rng.uniform(*odds.gain_db)) if holds(odds.low_gain) else float(rng.uniform(-2, 2)),
        distance_m=float(rng.uniform(*odds.distance_m)),
        decoys=frozenset(kind for kind, share in odds.decoys.items() if holds(share)),
        withheld=frozenset(sense for sense, share in odds.withheld.items() if holds(share)),
        satellites=not holds(odds.no_satellites),
        reception_off_m=float(rng.uniform(*odds.canyon_m)) if holds(odds.canyon) else 0.0,
    )
