"""Which curve each item of evidence gets: its knots, what it may speak of, and where its shape is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ingest_server.scoring.evidence import EVIDENCE
from models.weighing.additive import Floats, Sample, Term
from models.weighing.real_scores import Logistic, faces, fitted, mixed_db, voices
from sim.senses.half import Half
from visit_record.vocabulary import Typology

MOST_KNOTS = 8
# So few people show no more: see the calibration's bound of one item.
MOST_DB = 10.0
# Of the visits of each kind, equally weighted: where the kinds lie apart, curves may bend.
QUANTILES = (0.02, 0.15, 0.3, 0.5, 0.7, 0.85, 0.98)
SHAPED_BY = {"face_check_in": faces, "face_during": faces, "face_check_out": faces, "voice": voices}
SHAPE_KNOTS = {faces: np.arange(0.2, 0.76, 0.05), voices: np.arange(0.5, 0.96, 0.05)}
# What nothing staged says anything of: weighed by hand.
BY_HAND = frozenset({"edits"})
IDENTITY = (Typology.PROXY_CAREGIVER, Typology.TAMPERED_DEVICE)


@dataclass(frozen=True)
class Planned:
    """The terms, in the order of the evidence, and how each row of the table names its source."""

    terms: tuple[Term, ...]
    sources: Mapping[str, str]


def planned(sample: Sample, faked: Sequence[Typology]) -> Planned:
    """A term for each item of evidence.

    Args:
        sample: the visits that will be fitted on; knots are chosen on them.
        faked: the ways of faking, in the order of the table.
    """
    lines = {scores: fitted(scores(Half.FIT)) for scores in (faces, voices)}
    terms, sources = [], {}
    for nth, item in enumerate(EVIDENCE):
        if scores := SHAPED_BY.get(item.id):
            terms.append(_shaped(sample, nth, faked, lines[scores], SHAPE_KNOTS[scores]))
            sources[item.id] = _SHAPED[scores.__name__]
        else:
            ways = () if item.id in BY_HAND else tuple(range(len(faked)))
            terms.append(Term(knots(sample, nth), ways))
            sources[item.id] = "by hand" if item.id in BY_HAND else _STAGED.get(item.id, STAGED)
    return Planned(tuple(terms), sources)


def knots(sample: Sample, column: int) -> Floats:
    """Values between which a curve is straight: quantiles of every kind, brought together where they are close."""
    values, truth = sample.values[:, column], sample.truth
    seen = ~np.isnan(values)
    found = [
        np.quantile(values[seen & (truth == kind)], QUANTILES)
        for kind in range(truth.max() + 1)
        if (seen & (truth == kind)).sum() >= 20
    ]
    if not found:
        return np.array([0.0, 1.0])
    thinned = np.quantile(np.concatenate(found), np.linspace(0, 1, MOST_KNOTS))
    rounded = np.unique([float(f"{value:.3g}") for value in thinned])
    return rounded if len(rounded) > 1 else np.array([rounded[0], rounded[0] + 1.0])


def _shaped(sample: Sample, column: int, faked: Sequence[Typology], line: Logistic, at: Floats) -> Term:
    """The real scores' ratio, mixed with as many of the caregiver's own as proxies' visits show."""
    values = sample.values[:, column]
    proxy = values[(sample.truth == 1 + faked.index(Typology.PROXY_CAREGIVER)) & ~np.isnan(values)]
    shares = np.linspace(0.05, 0.95, 19)
    likely = [float(mixed_db(line, proxy, share).sum()) for share in shares] if len(proxy) else [0.0]
    share = float(shares[int(np.argmax(likely))]) if len(proxy) else 0.5
    shape_db = np.clip(mixed_db(line, at, share), -MOST_DB, MOST_DB)
    return Term(at, tuple(faked.index(kind) for kind in IDENTITY), shape_db)


STAGED = "staged visits, as measured senses perceive them; the staging is synthetic"
_REAL_SOUND = "staged visits, heard as the ear heard real clips (Kitchen20, LibriSpeech); cloth is synthetic"
_REAL_ROOM = "staged visits; who is seen as the array's model saw simulated rooms, synthetic data alone"
_SHAPED = {
    "faces": "logistic regression on real faces (ORL, 10 people of the fit half), scaled on staged visits",
    "voices": "logistic regression on real voices (LibriSpeech, 76 speakers), rooms and noise simulated; "
    "scaled on staged visits",
}
_STAGED = {
    **dict.fromkeys(
        (
            "care_sound_share",
            "items_heard",
            "unclaimed_care",
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
            "longest_absence",
            "stayed_until",
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
