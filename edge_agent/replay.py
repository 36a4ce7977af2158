"""A visit that is replayed from files: who came, what was recorded, and what was done when. Paths beside the file."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from edge_agent.actions import Action, CheckIn, CheckOut, ItemFinished, ItemRefused, ItemStarted
from edge_agent.day_orders import Order, OrderedItems, OrderedSeconds, Orders, TimeWithOffset, check_start
from edge_agent.errors import SettingsError
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from edge_agent.section import Positive, Section
from edge_agent.sensors.nmea_file import NmeaFile
from edge_agent.sensors.picture_files import PictureFiles
from edge_agent.sensors.sound_file import SoundFile
from edge_agent.sensors.thermal_file import ThermalFile
from edge_agent.toml_file import read_toml
from visit_record.catalogue import service_items
from visit_record.record import Consent, Identifier, PlannedOrder, ShortText
from visit_record.vocabulary import IdentityMethod, Modality, ServiceRefusalReason

# A year: infinity is no number of seconds.
SecondsIn = Annotated[float, Meta(ge=0, le=31_622_400)]


class RecordedSound(Section, frozen=True):
    """WAV or FLAC."""

    path: Path
    """The file."""

    starts_at_s: SecondsIn = 0.0
    """Seconds after check-in at which it begins."""


class RecordedPosition(RecordedSound, frozen=True):
    """An NMEA 0183 log."""


class RecordedFrames(RecordedSound, frozen=True):
    """Pictures (a folder or a video), or a .npy of thermal frames."""

    rate_hz: Positive = 1.0
    """Frames a second; a video has its own."""


class RecordedOrder(Section, frozen=True):
    """What had been ordered."""

    order: Identifier
    """The agency's id of it."""

    planned_start: TimeWithOffset
    """When it was to begin, with its offset from UTC."""

    planned_duration_s: OrderedSeconds
    """Seconds that it was to take."""

    items: OrderedItems
    """Ids of the catalogue."""

    def __post_init__(self) -> None:
        """Hold the start to its bounds.

        Raises:
            ValueError: it is without offset, or of another century.
        """
        check_start(self.planned_start)

    @property
    def planned(self) -> PlannedOrder:
        """The order as a record has it."""
        return PlannedOrder(self.order, _utc_ms(self.planned_start), self.planned_duration_s, self.items)


class Step(Section, frozen=True):
    """Something that the caregiver does at the kiosk."""

    at_s: SecondsIn
    """Seconds after check-in."""

    do: Literal["start", "finish", "refuse"]
    """What is done with the item."""

    item: Identifier
    """Its id in the catalogue."""

    reason: ServiceRefusalReason = ServiceRefusalReason.OTHER
    """Why it is refused."""


class Enrolled(Section, frozen=True):
    """Somebody on the roster."""

    caregiver: Identifier
    """Their id."""

    faces: tuple[Path, ...] = ()
    """Pictures of their face."""

    voices: tuple[Path, ...] = ()
    """Recordings of their voice, each of at least 1.6 s of speech."""


class ReplayedVisit(Section, frozen=True):
    """One visit."""

    started_at: TimeWithOffset
    """When check-in was, with its offset from UTC."""

    caregiver: Identifier
    """Who says that they came."""

    recipient: Identifier
    """To whom."""

    check_out_s: SecondsIn | None = None
    """Seconds after check-in at which the caregiver checked out; without it the visit is interrupted at its end."""

    method: IdentityMethod = IdentityMethod.FACE
    """The way in that they used."""

    consent_text: ShortText = "replay"
    """Version of the text that was consented to."""

    withheld: tuple[Modality, ...] = ()
    """Senses that were not consented to; all others were."""

    order: RecordedOrder | None = None
    camera: RecordedFrames | None = None
    microphone: RecordedSound | None = None
    thermal: RecordedFrames | None = None
    position: RecordedPosition | None = None
    enrolled: tuple[Enrolled, ...] = ()
    action: tuple[Step, ...] = ()

    def items(self) -> Iterator[str]:
        """Every item of service that it speaks of."""
        yield from self.order.items if self.order else ()
        yield from (step.item for step in self.action)

    @property
    def started_at_ms(self) -> int:
        """UTC milliseconds of check-in, which is moment 0 of the replay's monotonic clock."""
        return _utc_ms(self.started_at)

    def events(self) -> Iterator[Action]:
        """What people do, in order."""
        yield self._check_in()
        actions = [_action(step) for step in self.action]
        if self.check_out_s is not None:
            actions.append(CheckOut(_ms(self.check_out_s)))
        yield from sorted(actions, key=lambda action: action.at_ms)

    def sensors(self) -> Iterator[Sensor[Reading]]:
        """The recorded senses."""
        if self.camera:
            yield PictureFiles(self.camera.path, self.camera.rate_hz, _ms(self.camera.starts_at_s))
        if self.microphone:
            yield SoundFile(self.microphone.path, _ms(self.microphone.starts_at_s))
        if self.thermal:
            yield ThermalFile(self.thermal.path, self.thermal.rate_hz, _ms(self.thermal.starts_at_s))
        if self.position:
            yield NmeaFile(self.position.path, _ms(self.position.starts_at_s))

    def files(self) -> Iterator[Path]:
        """Every file and folder that it is made of."""
        yield from (one.path for one in (self.camera, self.microphone, self.thermal, self.position) if one)
        for person in self.enrolled:
            yield from (*person.faces, *person.voices)

    def _check_in(self) -> CheckIn:
        consents = tuple(Consent(sense, sense not in self.withheld, self.consent_text) for sense in Modality)
        planned = self.order.planned if self.order else None
        return CheckIn(0, self.caregiver, self.recipient, planned, consents, self.method)


def orders_of(visit: ReplayedVisit) -> Orders:
    """What a screen shows as ordered, where a visit is replayed and no orders are known."""
    planned = visit.order
    if planned is None:
        return Orders()
    order = Order(
        planned.order,
        visit.caregiver,
        visit.recipient,
        planned.planned_start,
        planned.planned_duration_s,
        planned.items,
    )
    return Orders(order=(order,))


def read_visit(path: Path) -> ReplayedVisit:
    """Read the description of a visit.

    Raises:
        SettingsError: missing, no TOML, a name that is not known, a value out of its bounds, a time without
            offset, a file that is not there, or an item that the catalogue does not have.
    """
    visit = read_toml(path, ReplayedVisit)
    missing = [str(file) for file in visit.files() if not file.exists()]
    if missing:
        # To the witness a file that is not there is a sensor that failed, and no reason to stop; here it is a slip.
        raise SettingsError(f"{path} names {missing[0]}, which is not there", f"{path} 写的文件 {missing[0]} 不存在")
    check_items(path, visit.items())
    if visit.started_at.timestamp() < 0:
        raise SettingsError(
            f"{path}: a time before 1970 is a clock that was never set; write when the visit was",
            f"{path}：started_at 早于 1970 年，是没有校准过的时钟；写服务开始的时间",
        )
    return visit


def check_items(path: Path, items: Iterable[str]) -> None:
    """Hold items of a file against the catalogue.

    Raises:
        SettingsError: it does not have one of them.
    """
    unknown = [item for item in items if item not in service_items()]
    if unknown:
        known = ", ".join(service_items())
        raise SettingsError(
            f"{path} names the item {unknown[0]}, which is not in the catalogue; it has {known}",
            f"{path} 的服务项目 {unknown[0]} 不在目录中；目录有 {known}",
        )


def _action(step: Step) -> Action:
    at_ms = _ms(step.at_s)
    match step.do:
        case "start":
            return ItemStarted(at_ms, step.item)
        case "finish":
            return ItemFinished(at_ms, step.item)
        case "refuse":
            return ItemRefused(at_ms, step.item, step.reason)


def _utc_ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)


def _ms(seconds: float) -> int:
    return round(1000 * seconds)
