"""A visit that is lived with fitted parts, each in a thread of its own, from check-in to the sealed record."""

import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from edge_agent.actions import CheckOut, VisitEvent
from edge_agent.assembly import Device
from edge_agent.identity import Identity
from edge_agent.outbox import Outbox
from edge_agent.supervision.gathering import LiveGathering
from edge_agent.visit_settings import CheckSettings
from edge_agent.witness import Witness
from tests.edge_agent.stage import CHECK_IN_UTC_MS, check_in, staged_senses
from tests.supervision.parts import QUICK, Guard, Live, array, clock, fails, receiver
from visit_record.record import VisitRecord
from visit_record.sealing import open_record
from visit_record.vocabulary import Ending, IntegrityKind, Modality, NotObservedReason


@pytest.fixture
def live_visit(identity: Identity, outbox: Outbox) -> Callable[..., VisitRecord]:
    def lived(
        sensors: Sequence[Live], guards: Sequence[Guard], seconds: float, end_s: float | None = None
    ) -> VisitRecord:
        gathering = LiveGathering(QUICK, clock, lambda: clock() + CHECK_IN_UTC_MS, guards)

        def people() -> Iterator[VisitEvent]:
            yield check_in(at_ms=clock())
            if end_s is not None:
                time.sleep(end_s)
                gathering.end()
                return
            time.sleep(seconds)
            yield CheckOut(clock())

        witness = Witness(
            Device(identity.names, 1, "0.1.0", None),
            identity.key,
            outbox,
            lambda *_: staged_senses(),
            lambda at_ms: at_ms + CHECK_IN_UTC_MS,
            CheckSettings(check_in_s=0.2, check_out_s=0.3),
            gather=gathering.gather,
        )
        visit = witness.witness(sensors, people())
        return open_record(visit.record.sealed, lambda _kid: identity.key.public_key()).record

    return lived


def test_a_live_visit_is_sealed_with_what_befell_its_parts(live_visit: Callable[..., VisitRecord]) -> None:
    record = live_visit([receiver(), array(count=0, after=fails())], [Guard()], 1.5)
    assert record.span.ending is Ending.CHECKED_OUT
    assert 1.4 < record.span.duration_s < 20
    told = {(event.kind, event.modality) for event in record.integrity.events}
    assert told == {(IntegrityKind.SENSOR_LOST, Modality.THERMAL), (IntegrityKind.DEVICE_MOVED, None)}
    covers = {cover.modality: cover for cover in record.integrity.coverage}
    assert covers[Modality.POSITION].observed_share > 0.8
    thermal = covers[Modality.THERMAL]
    assert (thermal.observed_share, thermal.reason) == (0.0, NotObservedReason.SENSOR_FAULT)
    assert covers[Modality.SOUND].reason is NotObservedReason.SENSOR_ABSENT


def test_a_program_that_is_told_to_end_seals_its_visit_as_interrupted(live_visit: Callable[..., VisitRecord]) -> None:
    assert live_visit([receiver()], [], 0, end_s=0.5).span.ending is Ending.INTERRUPTED


def test_a_visit_in_which_nothing_works_ends_all_the_same(live_visit: Callable[..., VisitRecord]) -> None:
    record = live_visit([array(count=0, after=fails())], [], 1.0)
    assert record.span.ending is Ending.CHECKED_OUT
    assert [event.kind for event in record.integrity.events] == [IntegrityKind.SENSOR_LOST]
