"""Consent at work: whose sensor is closed, before whom, and why a sense says nothing."""

import pytest

from edge_agent.actions import CheckOut, ConsentWithdrawn
from edge_agent.consent import Permissions
from edge_agent.consent_heeded import heeded, silence_of
from tests.edge_agent.stage import check_in, microphone, thermal
from visit_record.vocabulary import Modality, NotObservedReason

ALL = Permissions.of(check_in().consents)


def closed_by(*taken_back: Modality, permissions: Permissions = ALL) -> list[Modality]:
    closed: list[Modality] = []
    events = [ConsentWithdrawn(at_ms, sense) for at_ms, sense in enumerate(taken_back)]
    assert list(heeded(events, permissions, closed.append)) == events
    return closed


@pytest.mark.parametrize(
    ("taken_back", "closed"),
    [
        ((Modality.FACE,), [Modality.FACE]),
        ((Modality.VOICE,), []),
        ((Modality.SOUND,), [Modality.SOUND]),
        ((Modality.VOICE, Modality.SOUND), [Modality.SOUND]),
    ],
)
def test_a_sensor_is_closed_when_the_last_of_its_senses_is_taken_back(
    taken_back: tuple[Modality, ...], closed: list[Modality]
) -> None:
    assert closed_by(*taken_back) == closed


def test_a_voice_alone_takes_the_microphone_with_it() -> None:
    voice_alone = Permissions.of(check_in(withheld=(Modality.SOUND,)).consents)
    assert closed_by(Modality.VOICE, permissions=voice_alone) == [Modality.SOUND]


def test_a_sensor_is_closed_before_anybody_else_is_told() -> None:
    closed: list[Modality] = []
    told = heeded([ConsentWithdrawn(0, Modality.FACE), CheckOut(1)], ALL, closed.append)
    assert closed == []
    next(told)
    assert closed == [Modality.FACE]


def test_of_a_sense_that_nobody_allowed_it_is_not_said_that_its_sensor_is_wanting() -> None:
    withheld = Permissions.of(check_in(withheld=(Modality.FACE,), asked=(Modality.FACE, Modality.SOUND)).consents)
    assert silence_of(withheld, [microphone(1), thermal(1)]) == {
        Modality.FACE: NotObservedReason.CONSENT_WITHHELD,
        Modality.VOICE: NotObservedReason.NOT_ASKED,
        Modality.THERMAL: NotObservedReason.NOT_ASKED,
        Modality.POSITION: NotObservedReason.NOT_ASKED,
    }
    assert silence_of(ALL, [microphone(1)]) == dict.fromkeys(
        (Modality.FACE, Modality.THERMAL, Modality.POSITION), NotObservedReason.SENSOR_ABSENT
    )
