"""What is said of one subject: a share of genuine service, how sure, and whether it asks for a look."""

from enum import StrEnum

from msgspec import Struct

from ingest_server.authenticity.settings import Settings
from visit_record.vocabulary import Modality, Typology


class Kind(StrEnum):
    """Whose service is estimated; a district's visits are those of its agencies."""

    CAREGIVER = "caregiver"
    AGENCY = "agency"
    RECIPIENT = "recipient"
    DEVICE = "device"
    DISTRICT = "district"


class Standing(StrEnum):
    """What an estimate asks of people. None of them decides anything, and a few visits never brand anybody."""

    TOO_FEW_VISITS = "too_few_visits"
    NO_CONCERN = "no_concern"
    CONCERN = "concern"


class Estimate(Struct, frozen=True):
    """An empirical-Bayes estimate of the share of genuine service.

    ``low`` and ``high`` are the ends of the equal-tailed interval; ``visits`` counts all, ``judged`` those of whose
    evidence enough was observed, on which alone the estimate rests; ``percentile`` is the share of peers whose mean is
    lower, ties counting half, ``None`` where there is no peer.
    """

    mean: float
    low: float
    high: float
    visits: int
    judged: int
    percentile: float | None
    standing: Standing


class MonthlyEstimate(Struct, frozen=True):
    """One month by itself, shrunk to the same peers; ``month`` is UTC, ``2026-09``."""

    month: str
    visits: int
    judged: int
    mean: float
    low: float
    high: float


class AgainstWeight(Struct, frozen=True):
    """An item of evidence, and the decibans that it spoke with against visits, each times that visit's suspicion."""

    evidence: str
    decibans: int


class Drivers(Struct, frozen=True):
    """What an estimate comes from.

    ``expected_faked`` is the sum over judged visits of the probability of each way of faking; ``against`` the items of
    evidence that spoke most against visits.
    """

    expected_faked: dict[Typology, float]
    against: tuple[AgainstWeight, ...]


class Money(Struct, frozen=True):
    """In fen, a hundredth of a yuan.

    ``billed_fen`` is what the visits are billed at by the server's tariff: an order's planned hours, without an order
    the time of the claimed items, and where nothing is claimed the visit's own; ``at_risk_fen`` the fund's share of it
    times each visit's suspicion; ``unjudged_fen`` what was billed for visits that could not be judged, none of which is
    counted as at risk.
    """

    billed_fen: int
    at_risk_fen: int
    unjudged_fen: int


class Observability(Struct, frozen=True):
    """What could be seen, beside the estimate and no part of it.

    ``missing`` counts the visits in which a sense observed nothing.
    """

    mean_observed_share: float
    unjudged_visits: int
    missing: dict[Modality, int]


class Compared(Struct, frozen=True):
    """Among whom a percentile is: how many they are, ``agency`` where they are one agency's, and their own mean."""

    subjects: int
    mean: float
    agency: str | None


class Authenticity(Struct, frozen=True):
    """A subject's service.

    ``peers`` are whom ``estimate.percentile`` is among; ``whole_percentile`` is the place among all of the kind,
    whoever asks; ``peers_of_ms`` is when the peers were last looked at; months before ``since_month`` are not
    counted, nor those after the present one, which only a wrong clock can name.
    """

    kind: Kind
    subject: str
    agencies: tuple[str, ...]
    since_month: str
    peers_of_ms: int
    estimate: Estimate
    peers: Compared
    whole_percentile: float | None
    trend: tuple[MonthlyEstimate, ...]
    drivers: Drivers
    money: Money
    observability: Observability


def standing_of(high: float, judged: int, settings: Settings) -> Standing:
    """What the upper end of an interval that rests on so many judged visits asks for."""
    if judged < settings.least_visits:
        return Standing.TOO_FEW_VISITS
    return Standing.CONCERN if high < settings.concern_share else Standing.NO_CONCERN
