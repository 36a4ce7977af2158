"""The ways in which each typology is staged, and how often each is taken where a world does not say.

The first of each is the plainest: what a demo shows. How often each is done, nobody has published.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sim.script import ShownAs, Spoofer, VisitScript
from sim.staging import frauds_absence as absence
from sim.staging import frauds_conduct as conduct
from sim.staging import frauds_device as device
from sim.staging import frauds_identity as identity
from sim.staging import frauds_padding as padding
from sim.staging import frauds_replay as replay
from sim.staging.care import care
from sim.staging.plan import Plan
from sim.staging.scene import Scene
from visit_record.vocabulary import Typology


@dataclass(frozen=True)
class Variant:
    """One way of doing it: its share among the visits of its typology, what really happens, what the kiosk is told.

    ``away`` is whether the caregiver is out of the room for most of the visit, so that somebody else or nobody
    presses the buttons.
    """

    share: float
    script: Callable[[Scene], VisitScript]
    told: Callable[[Plan, Scene], Plan] | None = None
    away: bool = False


def honestly(scene: Scene) -> VisitScript:
    """The caregiver comes, gives every item, talks, and goes."""
    return care(scene, scene.plan.claims)


VARIANTS: Mapping[Typology, Mapping[str, Variant]] = {
    Typology.GENUINE: {"as_ordered": Variant(1.0, honestly)},
    Typology.EMPTY_ORDER: {
        "leaves": Variant(0.4, absence.leaves, away=True),
        "sits_idle": Variant(0.25, absence.sits_idle),
        "television_left_on": Variant(0.1, absence.television_left_on, away=True),
        "steps_out": Variant(0.15, absence.steps_out),
        "shows_up_only": Variant(0.1, absence.shows_up_only, absence.cut_to_minutes),
    },
    Typology.COLLUDING_FAMILY: {
        "chats_before_television": Variant(0.4, conduct.chats_before_television),
        "chats": Variant(0.25, conduct.chats),
        "family_by_the_bed": Variant(0.15, conduct.family_by_the_bed),
        "token_act": Variant(0.2, conduct.token_act),
    },
    Typology.PROXY_CAREGIVER: {
        "photo": Variant(0.25, identity.picture_at_check_in(ShownAs.PHOTO)),
        "photo_at_both_ends": Variant(0.08, identity.picture_at_both_ends),
        "screen": Variant(0.15, identity.picture_at_check_in(ShownAs.SCREEN)),
        "cut_out": Variant(0.05, identity.picture_at_check_in(ShownAs.CUT_OUT)),
        "replay": Variant(0.05, identity.picture_at_check_in(ShownAs.REPLAY)),
        "openly": Variant(0.17, identity.openly),
        "with_a_number": Variant(0.15, identity.openly, identity.with_a_number),
        "hands_over": Variant(0.1, identity.hands_over),
    },
    Typology.RECIPIENT_ABSENT: {
        "waits": Variant(0.35, absence.waits),
        "locks_up": Variant(0.35, absence.locks_up, away=True),
        "cleans": Variant(0.2, absence.cleans),
        "with_the_family": Variant(0.1, absence.with_the_family),
    },
    Typology.PADDED_DURATION: {
        "drops_the_rest": Variant(0.5, padding.drops_the_rest, away=True),
        "hurries": Variant(0.3, padding.hurries, away=True),
        "does_not_come_back": Variant(0.2, padding.does_not_come_back, away=True),
    },
    Typology.SERVICE_SWAP: {
        "unlike": Variant(0.45, conduct.swap_several(conduct.UNLIKE), conduct.order_only(conduct.UNLIKE)),
        "one_unlike": Variant(0.3, conduct.swap_one(conduct.UNLIKE), conduct.order_one(conduct.UNLIKE)),
        "partly_like": Variant(
            0.15, conduct.swap_several(conduct.PARTLY_LIKE), conduct.order_only(conduct.PARTLY_LIKE)
        ),
        "alike": Variant(0.1, conduct.swap_several(conduct.ALIKE), conduct.order_only(conduct.ALIKE)),
    },
    Typology.REPLAYED_EVIDENCE: {
        "to_empty_room": Variant(0.45, replay.plays_to_empty_room, away=True),
        "wordless": Variant(0.2, replay.plays_wordless, away=True),
        "sits_by": Variant(0.35, replay.plays_and_sits),
    },
    Typology.FALSE_LOCATION: {
        "far_and_frozen": Variant(0.25, device.far_and_frozen, away=True),
        "far_and_plain": Variant(0.15, device.far_and_plain, away=True),
        "untold": Variant(0.15, device.virtual(Spoofer.UNTOLD), away=True),
        "none_heard": Variant(0.15, device.virtual(Spoofer.NONE_HEARD), away=True),
        "generator": Variant(0.05, device.virtual(Spoofer.GENERATOR), away=True),
        "leap": Variant(0.05, device.virtual(Spoofer.LEAP), away=True),
        "frozen_at_home": Variant(0.12, device.frozen_at_home, away=True),
        "location_off": Variant(0.08, device.location_off, away=True),
    },
    # What shows only across visits needs its fellow: see sim.staging.visits.stage.
    Typology.DOUBLE_BOOKING: {"leaves": Variant(1.0, absence.leaves, away=True)},
    Typology.SHARED_IDENTITY: {"as_ordered": Variant(1.0, honestly)},
    Typology.TAMPERED_DEVICE: {
        "carried_off": Variant(0.25, device.carried_off, away=True),
        "carried_off_plainly": Variant(0.15, device.carried_off_plainly),
        "covered_and_muted": Variant(0.2, device.covered_and_muted),
        "covered": Variant(0.12, device.covered),
        "muted": Variant(0.1, device.muted),
        "covered_for_another": Variant(0.1, device.covered_for_another),
        "clock_moved": Variant(0.08, device.clock_moved),
    },
}
# What one visit can show by itself.
SHOWN_BY_ONE = tuple(kind for kind in VARIANTS if kind not in {Typology.DOUBLE_BOOKING, Typology.SHARED_IDENTITY})


def plainest(typology: Typology) -> str:
    """The variant that is staged where none is asked for."""
    return next(iter(VARIANTS[typology]))


def drawn_variant(typology: Typology, rng: np.random.Generator, shares: Mapping[str, float] | None = None) -> str:
    """One of the variants, by these shares or by their own."""
    usual = {name: variant.share for name, variant in VARIANTS[typology].items()}
    weights = shares or usual
    at = float(rng.random()) * sum(weights.values())
    for name, weight in weights.items():
        at -= weight
        if at < 0:
            return name
    return list(weights)[-1]
