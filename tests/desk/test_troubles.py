"""A sensor in trouble: what a screen may see of it while the trouble lasts, and after."""

from dataclasses import replace

import pytest

from edge_agent.actions import ConsentWithdrawn
from edge_agent.desk.view import OrderView, SenseState, SenseView, VisitView
from edge_agent.desk.viewing import Fitted, visit_view
from edge_agent.observations import FaceObservation
from edge_agent.timeline import Happening, SensorLost, SensorTurned, merged
from edge_agent.visit_session import VisitSession
from edge_agent.visit_settings import CheckSettings, VisitSettings
from tests.edge_agent.stage import all_sensors, check_in, staged_senses
from visit_record.fitted import Fault, Part, SensorState
from visit_record.vocabulary import IdentityMethod, Modality, NotObservedReason

ORDER = OrderView("order-1", "caregiver-1", "caregiver-1", "recipient-1", "recipient-1", 0, 600.0, ())


def visit_after(*happenings: Happening, similarity: float = 0.7) -> VisitView:
    """All senses have sensed for twenty seconds, the camera a face of this similarity, and then this happens."""
    senses = replace(staged_senses(), look=lambda frame: FaceObservation(frame.at_ms, 1, similarity, 0.9))
    session = VisitSession(check_in(), senses, CheckSettings(), VisitSettings())
    for happening in (*merged([], all_sensors(20), 0), *happenings):
        session.happen(happening)
    return visit_view(session, ORDER, 0, Fitted(frozenset(Modality)), [IdentityMethod.FACE])


def seen_after(*happenings: Happening) -> dict[Modality, SenseView]:
    return {sense.modality: sense for sense in visit_after(*happenings).senses}


def turned(part: Part, state: SensorState, fault: Fault | None) -> SensorTurned:
    return SensorTurned(21_000, part, state, fault, 20_000)


def test_a_silent_microphone_is_shown_for_both_senses_that_it_serves_and_for_no_other() -> None:
    senses = seen_after(turned(Part.MICROPHONE, SensorState.SILENT, Fault.ALL_ZERO))
    for sense in (Modality.SOUND, Modality.VOICE):
        assert (senses[sense].state, senses[sense].fault) == (SenseState.WAITING, Fault.ALL_ZERO)
        assert senses[sense].cue is None, "what it said before is no news"
    assert (senses[Modality.THERMAL].state, senses[Modality.THERMAL].fault) == (SenseState.SENSING, None)


def test_a_sensor_that_is_back_says_what_it_senses() -> None:
    senses = seen_after(
        turned(Part.THERMAL_ARRAY, SensorState.RESTARTING, Fault.BROKEN),
        turned(Part.THERMAL_ARRAY, SensorState.HEALTHY, None),
    )
    assert (senses[Modality.THERMAL].state, senses[Modality.THERMAL].fault) == (SenseState.SENSING, None)


def test_a_sensor_that_was_given_up_is_lost_and_says_why() -> None:
    senses = seen_after(
        turned(Part.THERMAL_ARRAY, SensorState.FAILED, Fault.BROKEN), SensorLost(21_000, Modality.THERMAL, "unplugged")
    )
    assert (senses[Modality.THERMAL].state, senses[Modality.THERMAL].fault) == (SenseState.LOST, Fault.BROKEN)


def test_what_befalls_the_guard_is_no_senses_trouble() -> None:
    senses = seen_after(turned(Part.GUARD, SensorState.RESTARTING, Fault.BROKEN))
    assert {sense.fault for sense in senses.values()} == {None}


def test_consent_that_is_taken_back_outweighs_what_is_wrong_with_the_sensor() -> None:
    senses = seen_after(
        turned(Part.MICROPHONE, SensorState.SILENT, Fault.ALL_ZERO), ConsentWithdrawn(22_000, Modality.SOUND)
    )
    for sense in (Modality.SOUND, Modality.VOICE):
        told = (senses[sense].state, senses[sense].reason, senses[sense].fault)
        assert told == (SenseState.LOST, NotObservedReason.CONSENT_WITHHELD, None)


@pytest.mark.parametrize(("similarity", "recognised"), [(0.8, True), (0.2, False)])
def test_a_face_that_was_recognised_stays_so_when_its_consent_is_taken_back(
    similarity: float, recognised: bool
) -> None:
    view = visit_after(ConsentWithdrawn(22_000, Modality.FACE), similarity=similarity)
    assert (view.look, view.was_recognised) == (None, recognised)
