"""Settings of one device, handed on in slices: a section for each part of it."""

from pathlib import Path

from edge_agent.home_settings import BedSettings, SiteSettings, ThermalViewSettings
from edge_agent.perception.array_view import Area, ArrayView
from edge_agent.perception.bed import BedArea
from edge_agent.program_settings import BrokerSettings, KioskSettings, MetricsSettings, RetentionSettings
from edge_agent.section import Section
from edge_agent.sensor_settings import (
    CameraSettings,
    MicrophoneSettings,
    PositionSettings,
    SupervisionSettings,
    TamperSettings,
    ThermalSettings,
)
from edge_agent.visit_settings import CheckSettings, VisitSettings


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
