"""Every list of a record at its bound, with the longest names and numbers: it must still fit under the seal's."""

from edge_agent import service_book
from edge_agent.befallings import MOST_OF_A_KIND
from edge_agent.evidence import face, occupancy, sound, voice
from edge_agent.silences import MOST_TOLD
from tests.visit_record.examples import CHECK_IN_MS, KEY, honest_visit
from visit_record.jws import MAX_BYTES
from visit_record.record import (
    Consent,
    Coverage,
    FaceCheck,
    FaceEvidence,
    Integrity,
    IntegrityEvent,
    Liveness,
    OccupancyEvidence,
    OccupancyInterval,
    OtherMatch,
    PathStatistics,
    PlannedOrder,
    RefusedService,
    ServiceClaim,
    Services,
    SoundEvidence,
    SoundFingerprint,
    SoundInterval,
    VoiceCheck,
    VoiceEvidence,
    Who,
)
from visit_record.sealing import seal
from visit_record.vocabulary import (
    CheckMoment,
    IdentityMethod,
    IntegrityKind,
    LivenessMethod,
    Modality,
    NotObservedReason,
    ServiceRefusalReason,
    SoundCue,
)

LONG_ID = "x" * 64
ITEM = "turning_and_back_patting"
LONG_SHARE = 0.1234
LONG_SECONDS = 1234.567
# Senses lost, sensors back, moves and steps of the clock, sensors silent at the end, and one of each other kind.
MOST_EVENTS = len(Modality) + 2 * MOST_TOLD + 2 * MOST_OF_A_KIND + 4 + 3


def test_record_whose_every_list_is_full_can_still_be_sealed() -> None:
    live = Liveness(LivenessMethod.HEAD_TURN, False, LONG_SHARE)
    look = FaceCheck(
        CheckMoment.CHECK_OUT, CHECK_IN_MS, 40, 1, LONG_SHARE, LONG_SHARE, OtherMatch(LONG_ID, LONG_SHARE), live
    )
    stay = OccupancyInterval(CHECK_IN_MS, LONG_SECONDS, 2, False, False, False)
    heard = SoundInterval(SoundCue.APPLIANCE, CHECK_IN_MS, LONG_SECONDS, LONG_SHARE)
    items = (ITEM,) * service_book.MOST_ITEMS
    order = PlannedOrder(LONG_ID, CHECK_IN_MS, LONG_SECONDS, items)
    consents = tuple(Consent(modality, False, LONG_ID) for modality in Modality)
    event = IntegrityEvent(IntegrityKind.MICROPHONE_MUTED, CHECK_IN_MS, Modality.POSITION)
    claim = ServiceClaim(ITEM, CHECK_IN_MS, LONG_SECONDS)
    refusal = RefusedService(ITEM, ServiceRefusalReason.RECIPIENT_REFUSED)
    record = honest_visit(
        iss=LONG_ID,
        agency=LONG_ID,
        who=Who(LONG_ID, LONG_ID, order, consents, IdentityMethod.SUPERVISOR_CODE),
        face=FaceEvidence((look,) * face.MOST_CHECKS),
        voice=VoiceEvidence((VoiceCheck(CHECK_IN_MS, LONG_SHARE, LONG_SECONDS),) * voice.MOST_CHECKS, 99),
        occupancy=OccupancyEvidence(
            (stay,) * occupancy.MOST_INTERVALS, PathStatistics(LONG_SECONDS, LONG_SHARE), LONG_SHARE
        ),
        sound=SoundEvidence(
            (heard,) * sound.MOST_INTERVALS,
            LONG_SHARE,
            LONG_SHARE,
            (SoundFingerprint(CHECK_IN_MS, "f" * 16),) * sound.MOST_FINGERPRINTS,
        ),
        services=Services((claim,) * service_book.MOST_CLAIMS, (refusal,) * service_book.MOST_ITEMS),
        integrity=Integrity(
            (event,) * MOST_EVENTS,
            tuple(Coverage(m, LONG_SHARE, NotObservedReason.TOO_LITTLE_SIGNAL) for m in Modality),
        ),
    )
    assert len(seal(record, KEY)) <= MAX_BYTES
