"""Every check that there is for one device, in the order of the walk. Real parts are chosen here; nothing is opened."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from edge_agent.bootstrap.kept import share_outbox
from edge_agent.bootstrap.sending import build_uplink
from edge_agent.bootstrap.telling import health_check
from edge_agent.chain_head import is_begun, require_kept
from edge_agent.errors import IdentityError, ModelError, OutboxError, SettingsError
from edge_agent.identity import Identity, open_identity
from edge_agent.kernel_clock import kernel_clock
from edge_agent.latencies import Latencies
from edge_agent.perception.model_store import ModelStore
from edge_agent.selftest.asked_checks import Asking, asked_after
from edge_agent.selftest.bridge_check import BridgeCheck
from edge_agent.selftest.broker_check import BrokerCheck
from edge_agent.selftest.clock_check import ClockCheck, time_services
from edge_agent.selftest.finding import Finding, Step, not_fitted, not_observable
from edge_agent.selftest.fitted_checks import STEP_OF, fitted_checks
from edge_agent.selftest.folder_checks import FolderCheck, OutboxCheck, ProgramCheck
from edge_agent.selftest.identity_checks import IdentityCheck, OrdersCheck, RosterCheck
from edge_agent.selftest.model_checks import RegistryCheck, model_checks
from edge_agent.selftest.sensor_check import SensorCheck
from edge_agent.selftest.settings_check import SettingsCheck, is_absent
from edge_agent.selftest.walk import Check
from edge_agent.sensors.monotonic import wall_ms
from edge_agent.settings import Settings
from visit_record.bilingual import Words
from visit_record.fitted import Part
from visit_record.health import write_health

BEFORE_SENSORS = (Step.PROGRAM, Step.FOLDER, Step.OUTBOX, Step.IDENTITY, Step.ROSTER)


@dataclass(frozen=True)
class Said:
    """A check whose finding is known without looking."""

    step: Step
    finding: Finding
    subject: str = ""

    def look(self) -> Finding:
        """What is known."""
        return self.finding


@dataclass(frozen=True)
class Device:
    """What is to be walked through: files that may be missing. ``asking`` is ``None`` where nobody is to be asked."""

    settings_file: Path | None
    registry: Path
    """The models where no settings name others."""

    bridge: Path | None = None
    """The settings of the device's own Mosquitto."""

    asking: Asking | None = None
    now_ms: Callable[[], int] = wall_ms


def all_checks(device: Device, settings: Settings | SettingsError | None, in_use: Words | None) -> Iterator[Check]:
    """The checks, for what was read of the settings; ``in_use`` is why the device cannot be had for ourselves."""
    yield SettingsCheck(device.settings_file, settings)
    if isinstance(settings, Settings):
        yield from _of_device(device, settings, in_use)
    else:
        yield from _of_program(device, _why_none(settings))


def _why_none(settings: SettingsError | None) -> Finding:
    if settings is None:
        return _NO_SETTINGS
    return _ABSENT if is_absent(settings) else _UNREADABLE


def _of_program(device: Device, why: Finding) -> Iterator[Check]:
    """Where there are no settings: what the program brings, and of everything else that it could not be looked at."""
    yield from (Said(step, why) for step in BEFORE_SENSORS)
    yield ClockCheck(kernel_clock, time_services, device.now_ms)
    yield from _models(device.registry)
    yield from (Said(STEP_OF[part], why) for part in Part)
    yield Said(Step.BROKER, why)
    yield _bridge(device)


def _of_device(device: Device, settings: Settings, in_use: Words | None) -> Iterator[Check]:
    identity = _identity(settings.folder)
    known = identity if isinstance(identity, Identity) else None
    yield ProgramCheck(in_use)
    yield FolderCheck(settings.folder, settings.retention.least_free_mb)
    yield OutboxCheck(settings.outbox, known.names.device if known else None)
    yield IdentityCheck(identity, sends=settings.broker is not None)
    yield RosterCheck(settings, known)
    yield OrdersCheck(settings.orders)
    yield ClockCheck(kernel_clock, time_services, device.now_ms, partial(_newest_ms, settings, known))
    yield from _models(settings.models)
    for check in fitted_checks(settings):
        yield check
        if device.asking is not None and isinstance(check, SensorCheck):
            yield asked_after(check, device.asking)
    yield _broker(settings, known)
    yield _bridge(device)


def _identity(folder: Path) -> Identity | IdentityError:
    try:
        return open_identity(folder)
    except IdentityError as error:
        return error


def _newest_ms(settings: Settings, identity: Identity | None) -> int:
    """When the last visit began that is stored; 0 where none is, or where they cannot be read."""
    if identity is None or not is_begun(settings.outbox):
        return 0
    try:
        with share_outbox(settings, identity) as outbox:
            return outbox.journals.latest_check_in_ms()
    except OutboxError:
        return 0


def _models(registry: Path) -> Iterator[Check]:
    try:
        store = ModelStore.open(registry)
    except ModelError as error:
        yield RegistryCheck(error)
    else:
        yield from model_checks(store)


def _broker(settings: Settings, identity: Identity | None) -> Check:
    if settings.broker is None:
        return Said(Step.BROKER, _NO_BROKER)
    return BrokerCheck(settings.broker.url, partial(_say_health, settings, identity) if identity else None)


def _say_health(settings: Settings, identity: Identity) -> None:
    """As the agent does, receipts that come meanwhile taken as it takes them.

    Raises:
        UplinkError: the broker does not let the device in.
        OutboxError: the outbox cannot be used, or is lost: a new one would hide that.
    """
    require_kept(settings.outbox, identity.names.device)
    with (
        share_outbox(settings, identity) as outbox,
        build_uplink(settings, identity, outbox) as uplink,
    ):
        uplink.publish_health(write_health(health_check(settings, outbox, Latencies())()))


def _bridge(device: Device) -> Check:
    return BridgeCheck(device.bridge, device.now_ms) if device.bridge else Said(Step.BRIDGE, _NO_BRIDGE)


_NO_SETTINGS = not_fitted("没有设置文件", "there are no settings")
# What to do is said once, of the settings.
_ABSENT = not_observable("没有设置文件，无从查起", "there are no settings, so that nobody can tell")
_UNREADABLE = not_observable(
    "设置文件有误，无从查起",
    "the settings are wrong, so that nobody can tell",
    Words("先改正设置文件", "mend the settings first"),
)
_NO_BROKER = not_fitted(
    "没有配置 [broker]：记录留在本机",
    "without [broker] records stay on this device",
    Words("需要发送时加入 [broker] url", "add [broker] url if they are to be sent"),
)
_NO_BRIDGE = not_fitted(
    "没有给出 --bridge：不看设备证书和到服务器的线路",
    "without --bridge the certificate and the line to the server are not looked at",
)
