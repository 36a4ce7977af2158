"""From a staged visit through the array and the model to the record."""

import msgspec

from edge_agent.evidence.occupancy import occupancy_evidence
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.occupancy import OccupancyPerceiver
from sim.script import Person, Spot, Stay
from tests.thermal.staging import LIES_IN_BED, array
from visit_record.record import OccupancyEvidence, OccupancyInterval

CLOCK = VisitClock(1_800_000_000_000, 0, 3_600_000)
CARE = (
    Stay(300, 1500, Person.CAREGIVER, Spot.BEDSIDE, moving=True),
    Stay(1500, 2100, Person.CAREGIVER, Spot.BASIN, moving=True),
    Stay(2100, 3000, Person.CAREGIVER, Spot.BEDSIDE, moving=True),
)


def lived(models: ModelStore, *stays: Stay) -> OccupancyEvidence:
    sensor = array(504, *stays, rate_hz=0.2)
    perceiver = OccupancyPerceiver(models, sensor.home.bed)
    found = occupancy_evidence([perceiver.perceive(frame) for frame in sensor.readings()], CLOCK)
    assert isinstance(found, OccupancyEvidence)
    return found


def minutes(intervals: list[OccupancyInterval]) -> float:
    return sum(interval.duration_s for interval in intervals) / 60


def test_minutes_of_care_at_the_bedside_reach_the_record(models: ModelStore) -> None:
    found = lived(models, LIES_IN_BED, *CARE)
    assert abs(minutes([i for i in found.intervals if i.caregiver_at_bedside]) - 35) <= 3
    assert minutes([i for i in found.intervals if i.bed_occupied]) >= 57
    assert found.coverage == 1
    assert msgspec.json.decode(msgspec.json.encode(found), type=OccupancyEvidence) == found


def test_empty_order_and_absent_recipient_look_different(models: ModelStore) -> None:
    alone = lived(models, LIES_IN_BED)
    absent = lived(models, Stay(0, 3600, Person.CAREGIVER, Spot.SOFA))
    assert minutes([i for i in alone.intervals if i.people == 1 and i.bed_occupied]) >= 57
    assert minutes([i for i in absent.intervals if i.people == 1 and i.bed_occupied is False]) >= 57


def test_care_moves_more_than_sleep(models: ModelStore) -> None:
    asleep, cared_for = lived(models, LIES_IN_BED).path, lived(models, LIES_IN_BED, *CARE).path
    assert asleep is not None
    assert cared_for is not None
    assert cared_for.travelled_cells > 4 * asleep.travelled_cells
    assert cared_for.still_share < asleep.still_share
