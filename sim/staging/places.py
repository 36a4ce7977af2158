"""Where in the room the two are while an item is given."""

from dataclasses import dataclass

from sim.script import Spot
from sim.staging.plan import Claim
from sim.staging.scene import Scene

ABOUT_THE_ROOM = (Spot.BASIN, Spot.SOFA, Spot.DOOR)


@dataclass(frozen=True)
class Together:
    """A stretch of an item; ``None`` is out of the device's view."""

    start_s: float
    end_s: float
    caregiver: Spot | None
    recipient: Spot | None
    recipient_moving: bool = False


def out_of_view(scene: Scene, claim: Claim) -> bool:
    """Whether an item is given in another room."""
    to_the_toilet = claim.item == "toileting" and scene.plan.home.room.rises
    return scene.around.bathroom and (claim.item == "bathing" or to_the_toilet)


def places(scene: Scene, claim: Claim) -> tuple[Together, ...]:
    """The stretches of an item, one after another.

    A recipient who cannot leave the bed is bathed by the basin all the same, and has everything else done where they
    lie.
    """
    start_s, end_s, rests = claim.start_s, claim.end_s, scene.rests_at
    if out_of_view(scene, claim):
        return (Together(start_s, end_s, None, None),)
    if claim.item == "bathing":
        return (Together(start_s, end_s, Spot.BASIN, Spot.BASIN, recipient_moving=True),)
    if claim.item == "room_cleaning":
        return tuple(Together(low, high, spot, rests) for low, high, spot in _thirds(claim))
    if claim.item == "bed_making":
        return (Together(start_s, end_s, Spot.BEDSIDE, Spot.SOFA if scene.plan.home.room.rises else rests),)
    return _on_their_feet(scene, claim) or (Together(start_s, end_s, scene.beside, rests),)


def _on_their_feet(scene: Scene, claim: Claim) -> tuple[Together, ...]:
    """What those can do who can leave the bed: walk about the room, and change from bed to chair or back."""
    if not scene.plan.home.room.rises:
        return ()
    if claim.item == "adl_training":
        return tuple(Together(low, high, spot, spot, recipient_moving=True) for low, high, spot in _thirds(claim))
    if claim.item == "transfer":
        middle_s = (claim.start_s + claim.end_s) / 2
        there = (Spot.BEDSIDE, Spot.BED) if scene.around.chair else (Spot.SOFA, Spot.SOFA)
        return (
            Together(claim.start_s, middle_s, scene.beside, scene.rests_at),
            Together(middle_s, claim.end_s, *there),
        )
    return ()


def _thirds(claim: Claim) -> list[tuple[float, float, Spot]]:
    """About the room: so long at each of its corners."""
    third_s = (claim.end_s - claim.start_s) / 3
    return [
        (claim.start_s + number * third_s, claim.start_s + (number + 1) * third_s, spot)
        for number, spot in enumerate(ABOUT_THE_ROOM)
    ]
