"""What the room really holds at a moment of a script: the truth that perception is measured against."""

from dataclasses import dataclass

from sim.script import Spot, Stay, VisitScript


@dataclass(frozen=True, slots=True)
class OccupancyTruth:
    """Who is where; ``two_close`` holds for two at one spot, and for one in bed with one beside it."""

    people: int
    bed_occupied: bool
    caregiver_at_bedside: bool
    two_close: bool


def present(script: VisitScript, at_s: float) -> tuple[Stay, ...]:
    """The stays under way at a moment."""
    return tuple(stay for stay in script.stays if stay.start_s <= at_s < stay.end_s)


def occupancy_truth(script: VisitScript, at_s: float) -> OccupancyTruth:
    """The true occupancy ``at_s`` seconds into the visit."""
    spots = [stay.spot for stay in present(script, at_s)]
    in_bed = Spot.BED in spots
    beside = in_bed and Spot.BEDSIDE in spots
    return OccupancyTruth(len(spots), in_bed, beside, beside or len(set(spots)) < len(spots))
