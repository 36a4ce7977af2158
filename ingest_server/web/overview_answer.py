"""What the overview says, as the API answers it and the page shows it."""

from msgspec import Struct

from ingest_server.authenticity.estimate import Kind
from ingest_server.fleet.trouble import TroubledDevice
from ingest_server.scoring.themes import Theme
from ingest_server.scoring.verdict import Band
from ingest_server.store.news import News
from ingest_server.web.ranking import RankedSubject


class Figures(Struct, frozen=True):
    """Sums over visits by when they began.

    ``settled_fen`` is the fund's share of what they are billed at by the server's tariff, which is no record of a
    payment; ``at_risk_fen`` that times each visit's suspicion; money is in fen, a hundredth of a yuan.
    """

    visits: int
    seconds: int
    settled_fen: int
    at_risk_fen: int
    bands: dict[Band, int]


class Day(Struct, frozen=True):
    """A local day, ``2026-09-22``."""

    day: str
    figures: Figures


class ConfirmedFigures(Struct, frozen=True):
    """Visits whose case two people closed as confirmed, by when it was closed, while that stands.

    ``fen`` is the fund's share of what they were billed at: to be recovered. What came back stands in
    :class:`RecoveredFigures`.
    """

    visits: int
    fen: int


class RecoveredFigures(Struct, frozen=True):
    """What the fund entered as recovered, by the day on which it came back, of how many cases."""

    cases: int
    fen: int


class ThemeLists(Struct, frozen=True):
    """The visits behind each count: questions of the view ``visits``, as ``/api/v1/query/visits?…`` takes them."""

    today: str
    last_days: str
    year: str
    year_doubted: str


class ThemeFigures(Struct, frozen=True):
    """Visits that warn of a theme, one of which may warn of several.

    The counts are ``None`` where nothing screens for the theme yet, which is not zero; ``lists`` are then too.
    ``year_doubted`` are those of the year that are in doubt, the others being counted for an exception that they raised
    and credible all the same; ``None`` too where more than one agency is looked at.
    """

    theme: Theme
    screened: bool
    today: int | None
    last_days: int | None
    year: int | None
    year_doubted: int | None
    lists: ThemeLists | None


class ClearedLists(Struct, frozen=True):
    """The visits behind each count: questions of the view ``visits``, as ``/api/v1/query/visits?…`` takes them."""

    last_days: str
    year: str


class AgencyCleared(Struct, frozen=True):
    """Visits that one agency closed as false alarms by itself though they were to be looked at first."""

    agency: str
    last_days: int
    year: int
    lists: ClearedLists


class Clearings(Struct, frozen=True):
    """The same of every agency that is looked at, by when the case was closed; for the fund.

    ``first`` are those that cleared most in the last days, of ``agencies`` that cleared any. It tells what was done,
    and nothing of why: the verdict itself may have been wrong.
    """

    last_days: int
    year: int
    agencies: int
    first: tuple[AgencyCleared, ...]
    lists: ClearedLists


class HourOfWeek(Struct, frozen=True):
    """Visits that began in each hour of a weekday, 1 for Monday to 7, shape (24,), from a first day to a last."""

    weekday: int
    visits: tuple[int, ...]


class Ranking(Struct, frozen=True):
    """The first of all subjects of a kind that are seen, by the lowest upper end of their interval.

    The rest, and other orders, are at ``/api/v1/authenticity/{kind}``.
    """

    kind: Kind
    since_month: str
    peers_of_ms: int
    subjects: int
    first: tuple[RankedSubject, ...]


class DevicesSeen(Struct, frozen=True):
    """Devices in use, how many of them have something out of order, and since yesterday; the newest troubles first."""

    seen_at_ms: int
    active: int
    troubled: int
    newly: int
    first: tuple[TroubledDevice, ...]


class DevicesAnswer(Struct, frozen=True):
    """A page of devices with something out of order, by name; ``next_cursor`` is ``null`` on the last."""

    seen_at_ms: int
    active: int
    troubled: int
    devices: tuple[TroubledDevice, ...]
    next_cursor: str | None


class When(Struct, frozen=True):
    """The moment of an overview, and the days that its sums begin on; all local to ``zone``, the tariff's."""

    at_ms: int
    zone: str
    today: str
    hour: int
    year_since: str
    days_since: str
    hours_since: str


class Totals(Struct, frozen=True):
    """Today, yesterday and the year.

    ``yesterday_by_now`` is yesterday up to the same hour, beside which ``today`` may be held; devices may deliver
    either later. ``in_no_day`` counts visits that an older version counted: none of these sums holds them until
    ``ingest-server authenticity rebuild``.
    """

    today: Figures
    yesterday: Figures
    yesterday_by_now: Figures
    year: Figures
    confirmed_today: ConfirmedFigures
    confirmed_year: ConfirmedFigures
    recovered_today: RecoveredFigures
    recovered_year: RecoveredFigures
    in_no_day: int


class ByTime(Struct, frozen=True):
    """What an overview says of days and hours, at one moment."""

    when: When
    days: tuple[Day, ...]
    hours: tuple[HourOfWeek, ...]


class Overview(Struct, frozen=True):
    """Everything at one moment, of an agency, a district, or all that the reader sees.

    ``days`` are the last whole ones, ``hours`` those of whole weeks until yesterday; ``names`` are those of the
    agencies named here, as far as they have one.
    """

    agency: str | None
    district: str | None
    when: When
    totals: Totals
    days: tuple[Day, ...]
    hours: tuple[HourOfWeek, ...]
    themes: tuple[ThemeFigures, ...]
    clearings: Clearings | None
    agencies: Ranking | None
    districts: Ranking | None
    devices: DevicesSeen
    news: News
    names: dict[str, str]
