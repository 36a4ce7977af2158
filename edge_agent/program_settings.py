"""The program beside its visits: where records go, where it is seen and asked, how long it keeps."""

from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta

from edge_agent.section import Positive, Section
from visit_record.health import LONGEST_PAUSE_S


class BrokerSettings(Section, frozen=True):
    """Where sealed records go."""

    url: str
    """Address of the broker, mqtt://host:port."""

    drain_s: Positive = 30.0
    """Seconds to try at once to bring all records away; what is left waits for the next time."""

    health_every_s: Annotated[float, Meta(gt=0, le=LONGEST_PAUSE_S)] = 60.0
    """Seconds from one word of the device's health to the next while it runs; more seldom, and the server could not
    tell what lasts."""


class KioskSettings(Section, frozen=True):
    """The caregiver's screen."""

    port: Annotated[int, Meta(ge=0, le=65_535)] = 8600
    """Port on 127.0.0.1 that the screen is served at; 0 is any that is free."""

    zone: str = "Asia/Shanghai"
    """Time zone of the clock on the wall, which says what today is, by its IANA name."""

    mirror: bool = True
    """Whether the screen shows whoever checks in or out what the camera sees, as a mirror; no picture of it is kept."""

    @property
    def clock_zone(self) -> ZoneInfo:
        """The zone."""
        return ZoneInfo(self.zone)


class MetricsSettings(Section, frozen=True):
    """Figures for Prometheus, on the loopback alone."""

    port: Annotated[int, Meta(ge=1, le=65_535)]
    """The port on 127.0.0.1."""


class RetentionSettings(Section, frozen=True):
    """How long a device keeps what the server has received; what waits is kept however long that takes."""

    journals_days: Positive = 180.0
    """Days until a visit's journal is deleted, from when a clock that was set first saw it."""

    past_visits_days: Positive = 180.0
    """Days until a visit's caregiver cannot see any more at the device what was said of it; counted alike."""

    templates_days: Positive = 400.0
    """Days from somebody's enrolment until their templates are deleted, unless they are enrolled anew."""

    least_free_mb: Annotated[float, Meta(ge=0)] = 200.0
    """Megabytes that are to be free; below, the oldest journals go before their time."""

    housekeeping_every_s: Positive = 3_600.0
    """Seconds from one housekeeping to the next while the program runs."""
