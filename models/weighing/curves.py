"""The curve of each item of evidence before it is discounted: its knots, its shape, and where that comes from."""

from collections.abc import Mapping, Sequence

import numpy as np

from ingest_server.scoring.evidence import EVIDENCE
from models.weighing.alone import LEAST_SEEN, Curve, Floats, Sample, alone_db
from models.weighing.table import ITEM_BOUND_DB
from visit_record.vocabulary import Typology

MOST_KNOTS = 12
# Only ever against a visit: that nothing was done to the device is not told apart from one that cannot notice.
ONE_SIDED = frozenset({"tampering"})
# Of the visits of each kind, equally weighted: where the kinds lie apart, curves may bend.
QUANTILES = (0.02, 0.15, 0.3, 0.5, 0.7, 0.85, 0.98)
# Less of these speaks against a visit, more of all others: care seen all the time may never be held against anybody,
# however the staging of honest visits happens to lie.
LESS_IS_AGAINST = frozenset({
    "face_check_in", "face_during", "face_least", "face_check_out", "other_match", "liveness", "voice", "voice_between",
    "speakers", "presence_share", "company_share", "stayed_until", "worked_until", "recipient_share", "bedside_share",
    "two_close_share", "items_attended", "held_minutes", "care_sound_share", "items_heard", "speech_share",
    "duration_ratio", "coverage",
})  # fmt: skip
# But for a loudspeaker that plays care without a pause, and for people who sit together and talk.
TURNED = frozenset({
    ("care_sound_share", Typology.REPLAYED_EVIDENCE),
    ("two_close_share", Typology.COLLUDING_FAMILY),
    ("speech_share", Typology.COLLUDING_FAMILY),
})  # fmt: skip
# Who is not shown to be the caregiver, and an empty room, are never taken for a better visit: where visits lie that
# way, nothing is weighed.
ONE_WAY = frozenset({
    "face_check_in", "face_during", "face_least", "face_check_out", "face_spread", "other_match", "liveness", "voice",
    "voice_between", "empty_share",
})  # fmt: skip


def planned(sample: Sample, faked: Sequence[Typology]) -> list[Curve]:
    """A curve for each item of evidence, as it weighs alone.

    Args:
        sample: the visits that are fitted on.
        faked: the ways of faking, in the order of the table.
    """
    return [_curve(sample, nth, faked) for nth in range(len(EVIDENCE))]


def sources() -> Mapping[str, str]:
    """What each row of the table rests on."""
    return {item.id: _SOURCES.get(item.id, STAGED) for item in EVIDENCE}


def knots(sample: Sample, column: int) -> Floats:
    """Values between which a curve is straight: quantiles of every kind, brought together where they are close."""
    kinds = [sample.of(column, kind) for kind in range(sample.truth.max() + 1)]
    found = [np.quantile(values, QUANTILES) for values in kinds if len(values) >= LEAST_SEEN]
    if not found:
        return np.array([0.0, 1.0])
    unique = np.unique([float(f"{value:.3g}") for value in np.concatenate(found)])
    if len(unique) == 1:
        return np.array([unique[0], unique[0] + 1.0])
    kept = np.linspace(0, len(unique) - 1, min(MOST_KNOTS, len(unique))).round().astype(int)
    chosen: Floats = unique[kept]
    return chosen


def _curve(sample: Sample, column: int, faked: Sequence[Typology]) -> Curve:
    at, genuine, evidence = knots(sample, column), sample.of(column, 0), EVIDENCE[column].id
    rising = [(evidence in LESS_IS_AGAINST) == ((evidence, kind) in TURNED) for kind in faked]
    db = np.array([
        alone_db(genuine, sample.of(column, 1 + way), at, ITEM_BOUND_DB, rising=up) for way, up in enumerate(rising)
    ])  # fmt: skip
    if evidence in ONE_WAY:
        db[(db[:, -1] > db[:, 0]) != np.array(rising)] = 0.0
    return Curve(at, np.maximum(db, 0.0) if evidence in ONE_SIDED else db)


STAGED = "staged visits, as measured senses perceive them; the staging is synthetic"
_REAL_SOUND = "staged visits, heard as the ear heard real clips (Kitchen20, LibriSpeech); cloth is synthetic"
_REAL_ROOM = "staged visits; who is seen as the array's model saw simulated rooms, synthetic data alone"
_REAL_FACES = "staged visits; similarities are those of real faces (ORL, 10 people of the fit half)"
_REAL_VOICES = "staged visits; similarities are those of real voices (LibriSpeech, fit half), rooms and noise simulated"
_SOURCES = {
    **dict.fromkeys(("face_check_in", "face_during", "face_least", "face_check_out", "face_spread"), _REAL_FACES),
    **dict.fromkeys(("voice", "voice_between"), _REAL_VOICES),
    **dict.fromkeys(
        (
            "care_sound_share",
            "items_heard",
            "unclaimed_care",
            "other_care_share",
            "cues_unheard_share",
            "claims_contradicted",
            "silent_tail",
            "unattended_care",
            "idle_care",
            "speech_share",
            "quiet_share",
        ),
        _REAL_SOUND,
    ),
    **dict.fromkeys(
        (
            "presence_share",
            "empty_share",
            "company_share",
            "longest_absence",
            "stayed_until",
            "worked_until",
            "left_alone_share",
            "recipient_share",
            "bedside_share",
            "two_close_share",
            "items_attended",
            "held_minutes",
            "still_share",
        ),
        _REAL_ROOM,
    ),
}
