"""What is said of one subject: a share of genuine service, how sure, and whether it asks for a look."""

from enum import StrEnum

from msgspec import Struct

from ingest_server.authenticity.settings import Settings


class Kind(StrEnum):
    """Whose service is estimated."""

    CAREGIVER = "caregiver"
    AGENCY = "agency"
    RECIPIENT = "recipient"
    DEVICE = "device"


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


def standing_of(high: float, judged: int, settings: Settings) -> Standing:
    """What the upper end of an interval that rests on so many judged visits asks for."""
    if judged < settings.least_visits:
        return Standing.TOO_FEW_VISITS
    return Standing.CONCERN if high < settings.concern_share else Standing.NO_CONCERN
