"""What a visit adds to the tallies of its caregiver, agency, recipient and device. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from ingest_server.authenticity.day import DayCount, day_count
from ingest_server.authenticity.makeup import sums_of
from ingest_server.authenticity.strata import stratum_of
from ingest_server.authenticity.tally import MILLION, THOUSAND, Count
from ingest_server.authenticity.tariff import Tariff
from ingest_server.authenticity.weights import decibans_of
from ingest_server.scoring.observed import missing_senses
from ingest_server.scoring.verdict import Band, Verdict
from visit_record.catalogue import ServiceItem
from visit_record.record import VisitRecord
from visit_record.vocabulary import Typology


class Period(NamedTuple):
    """Months, UTC, from the first to the last, both of which are in it."""

    first: str
    last: str


class CountedVisit(Struct, frozen=True):
    """A visit, whose it is, what it is alike to, when it was, and what it adds.

    ``of_day`` is ``None`` for one that was counted before there were days: it is in none of their sums.
    """

    agency: str
    caregiver: str
    recipient: str
    device: str
    stratum: str
    month: str
    count: Count
    of_day: DayCount | None = None

    @property
    def settled_fen(self) -> int:
        """The fund's share of what it is billed at."""
        return 0 if self.of_day is None else self.of_day.sums.get("settled_fen", 0)


class Counting(Struct, frozen=True):
    """How visits are counted.

    ``prior_suspicion`` gives 1 minus the prior of ``genuine`` of a calibration by its version.

    Raises, as a function:
        UnknownCalibrationError: by way of ``prior_suspicion``.
    """

    prior_suspicion: Callable[[str], float]
    tariff: Tariff
    items: Mapping[str, ServiceItem]

    def __call__(self, record: VisitRecord, verdict: Verdict, level: int | None) -> CountedVisit:
        """Count a visit; ``level`` is the recipient's disability level, ``None`` where it is not known."""
        judged = verdict.band is not Band.INSUFFICIENT_EVIDENCE
        sums = {"visits": 1, "observed": round(MILLION * verdict.observed_share)}
        money = _money(self.tariff, record, level, verdict.suspicion if judged else None)
        sums |= money
        sums |= {f"missing:{sense}": 1 for sense in missing_senses(record)}
        sums |= dict(sums_of(record, self.items))
        if judged:
            sums |= dict(_spoken(verdict))
        decibans = decibans_of(verdict.suspicion, self.prior_suspicion(verdict.calibration)) if judged else None
        return CountedVisit(
            agency=record.agency,
            caregiver=record.who.caregiver,
            recipient=record.who.recipient,
            device=record.iss,
            stratum=stratum_of(record, level, self.items),
            month=month_of(record.span.check_in_ms),
            count=Count(decibans, {name: value for name, value in sums.items() if value}),
            of_day=day_count(record, verdict, _fund_money(self.tariff, money), ZoneInfo(self.tariff.time_zone)),
        )


def month_of(at_ms: int) -> str:
    """The month of a moment, UTC: ``2026-09``."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m")


def period_to(at_ms: int, months: int) -> Period:
    """So many months, that of the moment being the last: what a clock dates later is a wrong clock's, or a liar's."""
    last = month_of(at_ms)
    year, month = (int(part) for part in last.split("-"))
    first = 12 * year + month - 1 - (months - 1)
    return Period(f"{first // 12:04}-{first % 12 + 1:02}", last)


def _money(tariff: Tariff, record: VisitRecord, level: int | None, suspicion: float | None) -> dict[str, int]:
    billed = tariff.billed_fen(record.span.check_in_ms, _billed_s(record), level)
    if suspicion is None:
        return {"billed": billed, "unjudged": billed}
    return {"billed": billed, "at_risk": round(billed * tariff.fund_share * suspicion)}


def _fund_money(tariff: Tariff, money: Mapping[str, int]) -> dict[str, int]:
    settled_fen = round(money["billed"] * tariff.fund_share)
    return {"settled_fen": settled_fen, "at_risk_fen": money.get("at_risk", 0)}


def _billed_s(record: VisitRecord) -> float:
    # What was ordered is what is paid; without an order, what the caregiver claims, or where that is nothing the visit.
    if record.who.order is not None:
        return record.who.order.planned_duration_s
    return sum(claim.duration_s for claim in record.services.claimed) or record.span.duration_s


def _spoken(verdict: Verdict) -> Iterator[tuple[str, int]]:
    for typology, share in verdict.posterior.items():
        if typology is not Typology.GENUINE:
            yield f"faked:{typology}", round(MILLION * share)
    for reason in verdict.reasons:
        # By how probable it is that the visit was faked at all: a credible visit's odd reading drives nothing.
        if reason.decibans > 0:
            yield f"against:{reason.evidence}", round(THOUSAND * reason.decibans * verdict.suspicion)
