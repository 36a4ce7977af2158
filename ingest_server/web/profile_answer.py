"""What is said of one subject beside its estimate: the answer of the API, and what a page shows."""

from msgspec import Struct

from ingest_server.authenticity.estimate import Kind
from ingest_server.authenticity.makeup import Makeup
from ingest_server.edits.shares import EditedWhole
from ingest_server.store.company import Contests, Pair
from ingest_server.store.device_log import BrokenLink, DeviceLine
from ingest_server.store.districts import Agency
from ingest_server.web.ranking import RankedSubject


class CalendarDay(Struct, frozen=True):
    """A local day with visits, and how many of these are to be looked at by a person."""

    day: str
    visits: int
    doubted: int


class DeviceLog(Struct, frozen=True):
    """A device's latest records, newest first, and where its chain is broken."""

    latest: tuple[DeviceLine, ...]
    broken: tuple[BrokenLink, ...]


class Profile(Struct, frozen=True):
    """What a subject's visits tell.

    ``today`` is the local day of now; ``calendar`` holds the days with visits of the 53 weeks that end with it;
    ``makeup`` is of the months of the estimate. ``pairs`` and ``contests`` are of single visits, and ``None`` of an
    agency, ``caregivers`` are an agency's that are of most concern and ``registered`` is its district and name, and
    ``edited`` is of a caregiver's or an agency's visits, ``log`` is a device's.
    """

    kind: Kind
    subject: str
    today: str
    calendar: tuple[CalendarDay, ...]
    makeup: Makeup
    pairs: tuple[Pair, ...] | None = None
    contests: Contests | None = None
    caregivers: tuple[RankedSubject, ...] | None = None
    registered: Agency | None = None
    edited: EditedWhole | None = None
    log: DeviceLog | None = None
