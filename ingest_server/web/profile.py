"""What one subject's visits tell beside its estimate: days, company, items, cases, and of a device its own log."""

from collections import Counter
from collections.abc import Iterable
from datetime import tzinfo
from typing import Final, NamedTuple

from msgspec.structs import replace
from sqlalchemy import Connection

from ingest_server.authenticity.counting import Period, month_of
from ingest_server.authenticity.day import begins_ms, day_before, hour_of
from ingest_server.authenticity.estimate import Kind
from ingest_server.authenticity.makeup import Makeup, makeup_of
from ingest_server.authenticity.roll import NOBODY
from ingest_server.edits.shares import EditorKind
from ingest_server.scoring.verdict import DOUBTED
from ingest_server.store.company import Moment, Whose, contests_of, moments_of, pairs_of
from ingest_server.store.days import sums_by_day
from ingest_server.store.device_log import broken_links, latest_lines
from ingest_server.store.districts import find_agency
from ingest_server.store.edit_sums import ShareFilter, edited_share, edited_whole
from ingest_server.store.narrowed import Narrowed
from ingest_server.store.neighbours import Of
from ingest_server.store.scope import Scope
from ingest_server.web.authenticity import Sums, kept_of
from ingest_server.web.errors import NotFoundError
from ingest_server.web.parts import Parts
from ingest_server.web.profile_answer import CalendarDay, DeviceLog, Profile
from ingest_server.web.ranking import Order, RankedSubject, ranked

WEEKS_SHOWN: Final = 53
CAREGIVERS_SHOWN: Final = 20
_SINGLE: Final[dict[Kind, Of]] = {
    Kind.CAREGIVER: "caregiver",
    Kind.RECIPIENT: "recipient",
    Kind.DEVICE: "device",
}


class _Look(NamedTuple):
    """One look at the store: by whom, of whom, and over which days."""

    connection: Connection
    scope: Scope
    subject: str
    since: str
    today: str
    zone: tzinfo

    def whose(self, of: Of) -> Whose:
        return Whose(of, self.subject, begins_ms(self.since, self.zone))


def profile_of(parts: Parts, scope: Scope, kind: Kind, subject: str) -> Profile:
    """The profile of a caregiver, recipient, device or agency.

    Raises:
        NotFoundError: no visit of the last months is to be seen.
    """
    kept = [] if kind is Kind.DISTRICT else kept_of(parts, scope, kind, subject)
    if not kept:
        raise NotFoundError
    return profiled(parts, scope, kind, subject, kept)


def profiled(parts: Parts, scope: Scope, kind: Kind, subject: str, kept: Sums) -> Profile:
    """The same, with sums that were read."""
    today = hour_of(parts.now_ms(), parts.day_zone).day
    period = Period(parts.censuses.of(kind).since_month, month_of(parts.now_ms()))
    makeup = makeup_of((key.month, tally) for key, tally in kept)
    with parts.database.reading() as connection:
        look = _Look(connection, scope, subject, day_before(today, 7 * WEEKS_SHOWN - 1), today, parts.day_zone)
        if kind is Kind.AGENCY:
            return Profile(
                kind,
                subject,
                today,
                _days(look),
                makeup,
                caregivers=_caregivers(parts, look),
                registered=find_agency(connection, subject),
                edited=edited_whole(connection, scope, ShareFilter(EditorKind.CAREGIVER, period, subject)),
            )
        edited = edited_share(connection, scope, EditorKind.CAREGIVER, subject, period)
        return replace(_of_single(look, kind, makeup), edited=edited if kind is Kind.CAREGIVER else None)


def _of_single(look: _Look, kind: Kind, makeup: Makeup) -> Profile:
    """Of somebody whose single visits can be looked at."""
    connection, scope, whose = look.connection, look.scope, look.whose(_SINGLE[kind])
    return Profile(
        kind=kind,
        subject=look.subject,
        today=look.today,
        calendar=_by_day(moments_of(connection, scope, whose), look),
        makeup=makeup,
        pairs=pairs_of(connection, scope, whose),
        contests=contests_of(connection, scope, whose),
        log=_log(look) if kind is Kind.DEVICE else None,
    )


def _days(look: _Look) -> tuple[CalendarDay, ...]:
    sums = sums_by_day(look.connection, Narrowed(look.scope, (look.subject,)), look.since, look.today)
    return tuple(CalendarDay(day, of["visits"], sum(of[band] for band in DOUBTED)) for day, of in sorted(sums.items()))


def _by_day(moments: Iterable[Moment], look: _Look) -> tuple[CalendarDay, ...]:
    """A check-in that a wrong clock dates later than today is on no day of the calendar."""
    visits: Counter[str] = Counter()
    doubted: Counter[str] = Counter()
    for moment in moments:
        day = hour_of(moment.check_in_ms, look.zone).day
        visits[day] += 1
        doubted[day] += moment.doubted
    return tuple(CalendarDay(day, count, doubted[day]) for day, count in sorted(visits.items()) if day <= look.today)


def _caregivers(parts: Parts, look: _Look) -> tuple[RankedSubject, ...]:
    roll = parts.censuses.of(Kind.CAREGIVER).agencies.get(look.subject, NOBODY)
    return ranked(roll, Order.HIGH, None, CAREGIVERS_SHOWN, parts.censuses.settings).subjects


def _log(look: _Look) -> DeviceLog:
    latest = latest_lines(look.connection, look.scope, look.subject)
    return DeviceLog(latest, broken_links(look.connection, look.scope, look.subject))
