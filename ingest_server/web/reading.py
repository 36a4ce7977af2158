"""A verdict made ready to read: said in a sentence, its reasons as bars to either side of zero. Pure."""

from msgspec import Struct

from ingest_server.scoring.verdict import Band, Verdict
from ingest_server.scoring.wording import ToldReason, ToldVerdict
from ingest_server.web.formats import percent
from ingest_server.web.words import said
from ingest_server.words.bilingual import Words
from visit_record.vocabulary import NotObservedReason

# Bars share this scale unless a weight goes beyond it, so that a long bar means the same on every page.
SCALE_DB = 12.0
# Less than half a deciban moves nobody's mind.
TELLING_DB = 0.5


class Bar(Struct, frozen=True):
    """A reason and its bar, in percent of the drawing whose middle is zero: right of it speaks against the visit."""

    reason: ToldReason
    left_pct: float
    width_pct: float


class Reasons(Struct, frozen=True):
    """Bars that tell something, strongest first, and those that hardly do."""

    telling: tuple[Bar, ...]
    slight: tuple[Bar, ...]
    scale_db: float


def sentence_of(verdict: Verdict) -> Words:
    """The verdict in a sentence. It suggests and never accuses: people decide."""
    suspicion, observed = percent(verdict.suspicion), percent(verdict.observed_share)
    match verdict.band:
        case Band.HOLD:
            like = said(verdict.typology)
            return Words(
                f"建议先看：最像「{like.zh}」，可疑度 {suspicion}。",
                f"To be looked at before anything else. Most like: {like.en}. Suspicion {suspicion}.",
            )
        case Band.REVIEW:
            like = said(verdict.typology)
            return Words(
                f"建议复核：最像「{like.zh}」，可疑度 {suspicion}。",
                f"Worth a look. Most like: {like.en}. Suspicion {suspicion}.",
            )
        case Band.CREDIBLE:
            return Words(
                f"所见与真实服务相符，可疑度 {suspicion}。",
                f"What was observed fits a genuine visit, suspicion {suspicion}.",
            )
        case Band.INSUFFICIENT_EVIDENCE:
            return Words(
                f"能观测到的证据太少（{observed}），不作判断。",
                f"Too little could be observed ({observed}) to say anything.",
            )


def unobserved_of(verdict: Verdict) -> dict[NotObservedReason, tuple[str, ...]]:
    """What could not be observed, by why."""
    reasons = dict.fromkeys(missing.reason for missing in verdict.unobserved)
    return {why: tuple(one.evidence for one in verdict.unobserved if one.reason is why) for why in reasons}


def reasons_of(verdict: ToldVerdict) -> Reasons:
    """The reasons of a verdict, as bars."""
    scale_db = max([SCALE_DB, *(abs(reason.decibans) for reason in verdict.reasons)])
    bars = [_bar(reason, scale_db) for reason in verdict.reasons]
    telling = tuple(bar for bar in bars if abs(bar.reason.decibans) >= TELLING_DB)
    return Reasons(telling, tuple(bar for bar in bars if bar not in telling), scale_db)


def _bar(reason: ToldReason, scale_db: float) -> Bar:
    width = round(50 * abs(reason.decibans) / scale_db, 2)
    return Bar(reason, 50.0 if reason.decibans >= 0 else round(50 - width, 2), width)
