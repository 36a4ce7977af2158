"""Settings of one device, read from a TOML file and handed on in slices. Paths are relative to that file."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from edge_agent.errors import SettingsError
from edge_agent.misread import misread, not_toml
from edge_agent.perception.array_view import Area, ArrayView
from edge_agent.perception.bed import BedArea
from edge_agent.perception.geodesy import Point
from edge_agent.perception.movements import Step
from edge_agent.section import Positive, Section, Share
from edge_agent.sensor_settings import (
    CameraSettings,
    MicrophoneSettings,
    PositionSettings,
    SupervisionSettings,
    TamperSettings,
    ThermalSettings,
)
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words
from visit_record.health import LONGEST_PAUSE_S
from visit_record.record import PlannedOrder

T = TypeVar("T")
_BED: Final = Words(
    "[bed] 应在画面之内：row0 小于 row1，col0 小于 col1，都在 0 至 1 之间",
    "[bed] must lie inside the picture: row0 less than row1, col0 less than col1, all of 0 to 1",
)
_THERMAL_VIEW: Final = Words(
    "[thermal_view] 应有面积：row0 小于 row1，col0 小于 col1",
    "[thermal_view] must have an area: row0 less than row1, col0 less than col1",
)
_ZONE: Final = Words(
    '[kiosk] zone 应为时区名称，如 "Asia/Shanghai"', '[kiosk] zone must be the name of a time zone, as "Asia/Shanghai"'
)


class SiteSettings(Section, frozen=True):
    """The recipient's home."""

    latitude_deg: Annotated[float, Meta(ge=-90, le=90)]
    """Latitude in degrees, WGS 84, north positive."""

    longitude_deg: Annotated[float, Meta(ge=-180, le=180)]
    """Longitude in degrees, WGS 84, east positive."""

    @property
    def point(self) -> Point:
        """The place."""
        return Point(self.latitude_deg, self.longitude_deg)


class BedSettings(Section, frozen=True):
    """Where the bed lies in the thermal array's picture."""

    row0: Share
    """Upper edge, as a share 0..1 of the rows from the top."""

    col0: Share
    """Left edge, as a share 0..1 of the columns from the left."""

    row1: Share
    """Lower edge, as a share 0..1 of the rows from the top."""

    col1: Share
    """Right edge, as a share 0..1 of the columns from the left."""


class ThermalViewSettings(Section, frozen=True):
    """The part of the camera's picture that the thermal array sees, where both look at the same place."""

    row0: float
    """Upper edge, as a share of the picture's rows from the top; below 0 where the array sees beyond the picture."""

    col0: float
    """Left edge, as a share of the picture's columns from the left."""

    row1: float
    """Lower edge."""

    col1: float
    """Right edge."""


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


class CheckSettings(Section, frozen=True):
    """When the camera is looked at. At all other times its pictures are dropped unseen."""

    check_in_s: Positive = 12.0
    """Seconds after check-in."""

    during_every_s: Positive = 900.0
    """Seconds from one look during the visit to the next."""

    during_s: Positive = 6.0
    """Seconds that a look during the visit takes."""

    check_out_s: Positive = 12.0
    """Seconds after check-out."""

    settle_s: Positive = 2.0
    """Seconds of a check in which the face is seen at rest, before the first movement is asked for."""

    asks: tuple[Step, ...] = tuple(Step)
    """Movements that may be asked for; leave out what the people here cannot make. Empty asks for nothing."""

    frame_interval_ms: Annotated[int, Meta(ge=1)] = 200
    """Milliseconds between two pictures that are looked at, at least."""


# Beyond what was ordered; care that takes longer is rarer than a check-out that was forgotten.
OVERTIME_S: Final = 7_200.0


class VisitSettings(Section, frozen=True):
    """Bounds of a visit."""

    forgotten_after_s: Positive = 14_400.0
    """Seconds until a visit without check-out counts as abandoned; two hours beyond its order, where that is longer."""

    kept_every_s: Positive = 1.0
    """Seconds after which what was observed is stored, at most: as much as a power cut costs."""

    def of_order(self, order: PlannedOrder | None) -> "VisitSettings":
        """Those of a visit for which so much was ordered."""
        planned_s = order.planned_duration_s if order else 0.0
        return msgspec.structs.replace(self, forgotten_after_s=max(self.forgotten_after_s, planned_s + OVERTIME_S))


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


class Settings(Section, frozen=True):
    """Everything that is set on one device."""

    folder: Path
    """Folder of the identity, the outbox and the roster."""

    models: Path
    """The model registry, registry.toml."""

    site: SiteSettings | None = None
    """The recipient's home; without it no distance is reported."""

    bed: BedSettings | None = None
    """The bed in the thermal picture; without it nothing is said of the bed."""

    thermal_view: ThermalViewSettings | None = None
    """Where camera and thermal array see the same; without it no face is felt for warmth."""

    broker: BrokerSettings | None = None
    """The broker; without it records wait in the outbox."""

    kiosk: KioskSettings = KioskSettings()
    """The caregiver's screen."""

    checks: CheckSettings = CheckSettings()
    """When the camera is looked at."""

    visit: VisitSettings = VisitSettings()
    """Bounds of a visit."""

    camera: CameraSettings | None = None
    """The camera; without it none is fitted, as with the other sensors."""

    microphone: MicrophoneSettings | None = None
    """The microphone."""

    thermal: ThermalSettings | None = None
    """The thermal array."""

    position: PositionSettings | None = None
    """The position receiver."""

    tamper: TamperSettings | None = None
    """What notices that the device is moved or opened."""

    supervision: SupervisionSettings = SupervisionSettings()
    """How sensors are watched over."""

    metrics: MetricsSettings | None = None
    """Figures for Prometheus; without it nobody is answered."""

    retention: RetentionSettings = RetentionSettings()
    """How long what was sent is kept."""

    @property
    def outbox(self) -> Path:
        """The outbox's file."""
        return self.folder / "outbox.db"

    @property
    def orders(self) -> Path:
        """The file of what is ordered."""
        return self.folder / "orders.toml"

    @property
    def wrong_codes(self) -> Path:
        """The file of how often codes were typed wrong."""
        return self.folder / "wrong_codes.json"

    @property
    def bed_area(self) -> BedArea | None:
        """The bed as perception wants it."""
        return BedArea(self.bed.row0, self.bed.col0, self.bed.row1, self.bed.col1) if self.bed else None

    @property
    def is_fitted(self) -> bool:
        """Whether any part could witness a visit that is lived now."""
        return any((self.camera, self.microphone, self.thermal, self.position))

    @property
    def array_view(self) -> ArrayView | None:
        """What camera and array both see, as perception wants it."""
        view = self.thermal_view
        return ArrayView(Area(view.row0, view.col0, view.row1, view.col1)) if view else None


def read_settings(path: Path) -> Settings:
    """Read the settings file.

    Raises:
        SettingsError: missing, no TOML, a name that is not known, or a value out of its bounds.
    """
    settings = read_toml(path, Settings)
    for must, read in (
        (_BED, lambda: settings.bed_area),
        (_THERMAL_VIEW, lambda: settings.array_view),
        (_ZONE, lambda: settings.kiosk.clock_zone),
    ):
        try:
            read()
        # A folder of the time zone database is opened like a zone, and is none.
        except (ValueError, ZoneInfoNotFoundError, OSError) as cause:
            raise SettingsError(f"{path}: {must.en}", f"{path}：{must.zh}") from cause
    return settings


def read_toml(path: Path, kind: type[T]) -> T:
    """Read a TOML file into a struct; its paths become relative to the file's folder.

    Raises:
        SettingsError: missing, no TOML, a name that is not known, or a value out of its bounds.
    """

    def beside_the_file(wanted: type[Any], value: Any) -> Any:  # noqa: ANN401 - msgspec's hook
        if wanted is Path and isinstance(value, str):
            return path.parent / value
        raise TypeError(f"{wanted.__name__} cannot be read from {type(value).__name__}")

    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as cause:
        raise SettingsError(f"cannot read {path}: {cause.strerror}", f"无法读取 {path}：{why_zh(cause)}") from cause
    except ValueError as cause:
        raise SettingsError(f"{path}: {cause}", f"{path} {not_toml(cause)}") from cause
    try:
        return msgspec.convert(content, kind, dec_hook=beside_the_file)
    except msgspec.ValidationError as cause:
        wrong = misread(cause, content, kind)
        raise SettingsError(f"{path}: {wrong.en}", f"{path}：{wrong.zh}") from cause
