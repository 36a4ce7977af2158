"""What people tell the kiosk in the course of a staged visit, and what befalls the device as a whole. Pure."""

from collections.abc import Iterator

from edge_agent.actions import CheckIn, CheckOut, ItemFinished, ItemRefused, ItemStarted, VisitEvent
from edge_agent.visit_state import PowerLost
from sim.outages import Troubles
from sim.staging.plan import ARRIVAL_S, Plan
from sim.staging.visits import StagedVisit
from visit_record.record import Consent
from visit_record.vocabulary import IdentityMethod, IntegrityKind, Modality

CONSENT_TEXT = "2026-1"
# What somebody sets a clock forward by whose sky does not tell.
CLOCK_STEP_S = 3600.0


def events_of(staged: StagedVisit) -> list[VisitEvent]:
    """Check-in, claims, refusals and check-out, or the power cut before it, in order of time."""
    told = [*_claims(staged.plan), *_refusals(staged.plan), CheckOut(_ms(staged.plan.duration_s)), *_power_cuts(staged)]
    return [_check_in(staged), *sorted(told, key=lambda event: event.at_ms)]


def wall_ms(staged: StagedVisit, at_ms: int) -> int:
    """The device's wall clock, UTC milliseconds, at a moment of its monotonic clock: stepped where somebody set it.

    By as much as the satellites then tell it to be off.
    """
    step_ms = _ms(-staged.script.sky.gps_offset_s or CLOCK_STEP_S)
    steps = [deed for deed in staged.script.deeds if deed.kind is IntegrityKind.CLOCK_STEP and _ms(deed.at_s) <= at_ms]
    return staged.plan.started_at_ms + at_ms + step_ms * len(steps)


def _check_in(staged: StagedVisit) -> CheckIn:
    plan = staged.plan
    consents = tuple(Consent(modality, modality not in plan.withheld, CONSENT_TEXT) for modality in Modality)
    return CheckIn(0, plan.caregiver.id, plan.home.recipient, plan.order, consents, _way_in(staged))


def _way_in(staged: StagedVisit) -> IdentityMethod:
    """Nobody is let in by a face where no camera looks."""
    plan = staged.plan
    looks = Modality.FACE not in plan.withheld and not Troubles.of(staged.script, Modality.FACE).fails(0.0)
    return IdentityMethod.PIN if plan.checked_in_by is IdentityMethod.FACE and not looks else plan.checked_in_by


def _claims(plan: Plan) -> Iterator[VisitEvent]:
    for claim in plan.claims:
        yield ItemStarted(_ms(claim.start_s), claim.item)
        yield ItemFinished(_ms(claim.end_s), claim.item)


def _refusals(plan: Plan) -> Iterator[VisitEvent]:
    """Before anything is begun: that is when somebody is asked."""
    for refusal in plan.refused:
        yield ItemRefused(_ms(min(ARRIVAL_S, plan.duration_s)), refusal.item, refusal.reason)


def _power_cuts(staged: StagedVisit) -> Iterator[VisitEvent]:
    for deed in staged.script.deeds:
        if deed.kind is IntegrityKind.POWER_LOSS:
            yield PowerLost(_ms(deed.at_s))


def _ms(at_s: float) -> int:
    return round(1000 * at_s)
