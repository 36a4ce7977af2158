"""``edge-agent run``: a visit, lived now or from files, through the whole device, into the outbox and to the broker."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.commands.owning import refuse_anothers_settings
from edge_agent.errors import SettingsError, UplinkError
from edge_agent.running import Running, running
from visit_record.bilingual import Words
from visit_record.vocabulary import NotObservedReason

if TYPE_CHECKING:
    from edge_agent.ended_visit import SealedVisit
    from edge_agent.identity import Identity
    from edge_agent.replay import Enrolled, ReplayedVisit
    from edge_agent.roster import Roster
    from edge_agent.witness import Witness

SettingsFile = Annotated[Path, typer.Option("--settings", help="设备设置 / the device's settings.toml")]
Replay = Annotated[
    Path | None, typer.Option("--replay", metavar="VISIT.toml", help="用录制的文件重放一次服务 / a visit")
]
Visit = Annotated[
    Path | None,
    typer.Option("--visit", metavar="WHO.toml", help="现场见证一次服务 / a visit, lived now by what is fitted"),
]
Kiosk = Annotated[bool, typer.Option("--kiosk", help="由护理员在屏幕上操作 / people act at the screen, on 127.0.0.1")]
Speed = Annotated[float, typer.Option("--speed", min=0.1, max=100, help="重放的快慢 / how fast the replay runs")]

_TAKEN_BACK = NotObservedReason.CONSENT_WITHHELD
_NOBODY = Words(
    "没有人可以签到：请用 --kiosk 在屏幕上签到，用 --visit WHO.toml 现场见证，或用 --replay VISIT.toml 重放",
    "nobody can check in: give --kiosk for people at the screen, --visit WHO.toml for a visit that is lived now, or "
    "--replay VISIT.toml for one from files",
)
_UNANSWERED = Words(
    "请确认服务器在运行、本设备已在服务器登记，然后再次运行",
    "check that the server runs and that this device is enrolled there, then run again",
)
_UNPINNED = Words(
    "没有固定服务器公钥，什么都没有发送；请完成登记，或把服务器公钥放进设备文件夹，名为 server.jwk.json",
    "no server key is pinned, so that nothing was sent: finish the enrolment, or put the server's public key into the "
    "device's folder as server.jwk.json",
)
_DAMAGED = Words(
    "服务器公钥文件已损坏，什么都没有发送：{0}",
    "the file with the server's key is damaged, so that nothing was sent: {0}",
)
_REFUSED = Words(
    "收到的回执被拒（{0}）；请核对设备文件夹里的 server.jwk.json 是否为服务器公钥",
    "receipts came and were refused ({0}): check that server.jwk.json in the device's folder is the server's key",
)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("run")(run)


def run(
    settings: SettingsFile,
    replay: Replay = None,
    visit: Visit = None,
    kiosk: Kiosk = False,
    speed: Speed = 1.0,
) -> None:
    """见证服务 / Witness a visit, seal it, and send what waits if a broker is set; with a screen, visits."""
    refuse_anothers_settings(settings)
    if kiosk:
        _run_at_the_screen(settings, replay, visit, speed)
    elif replay is not None:
        _run_replayed(settings, replay)
    elif visit is not None:
        _run_live(settings, visit)
    else:
        raise SettingsError(_NOBODY.en, _NOBODY.zh)


def _run_at_the_screen(settings: Path, replay: Path | None, expected: Path | None, speed: float) -> None:
    """Of a visit's file only who is enrolled counts here: who comes, and to whom, is said at the screen."""
    from edge_agent.commands.run_live import check_fitted
    from edge_agent.expected_visit import read_expected_visit
    from edge_agent.kiosk.living import Recorded, living_now
    from edge_agent.kiosk.running import run_at_the_screen
    from edge_agent.replay import read_visit
    from edge_agent.settings_file import read_settings

    device_settings = read_settings(settings)
    recorded = read_visit(replay) if replay else None
    told = recorded or (read_expected_visit(expected) if expected else None)
    if recorded is None:
        check_fitted(device_settings, settings)
    make = Recorded(recorded, speed).living if recorded else living_now
    with running(device_settings) as device:
        roster = _roster(device, told.enrolled if told else ())
        run_at_the_screen(device, roster, make, lambda address: typer.echo(f"屏幕 screen: {address}"))


def _run_replayed(settings: Path, replay: Path) -> None:
    # Perception's libraries take seconds to load: a wrong command line must not wait for them.
    from edge_agent.bootstrap.telling import metrics
    from edge_agent.bootstrap.witnessing import build_witness
    from edge_agent.replay import read_visit
    from edge_agent.settings_file import read_settings

    device_settings, visit = read_settings(settings), read_visit(replay)
    with running(device_settings) as device, metrics(device_settings, device.check):
        roster = _roster(device, visit.enrolled)
        witness = build_witness(
            device_settings, device.identity, device.outbox, roster, lambda at_ms: visit.started_at_ms + at_ms
        )
        witness = device.ready(witness)
        device.pulse.ready()
        _finish(_witnessed(witness, visit, device), device)


def _run_live(settings: Path, expected: Path) -> None:
    from edge_agent.commands.run_live import check_fitted, live
    from edge_agent.expected_visit import read_expected_visit
    from edge_agent.settings_file import read_settings

    device_settings, visit = read_settings(settings), read_expected_visit(expected)
    check_fitted(device_settings, settings)
    with running(device_settings) as device:
        _finish(live(device, _roster(device, visit.enrolled), visit), device)


def _roster(device: Running, given: "Sequence[Enrolled]") -> "Roster":
    """Whom the device knows, and who is named by the visit's own file."""
    from edge_agent.bootstrap.kept import kept_roster
    from edge_agent.replay_roster import enrol_roster

    return kept_roster(device.settings, device.identity, enrol_roster(given, device.settings.models))


def _finish(sealed: "SealedVisit", device: Running) -> None:
    _tell(sealed)
    if device.settings.broker is not None:
        _send(device, device.settings.broker.drain_s)


def _witnessed(witness: "Witness", visit: "ReplayedVisit", device: Running) -> "SealedVisit":
    from rich.console import Console
    from rich.progress import Progress

    total_ms = None if visit.check_out_s is None else 1000 * visit.check_out_s
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("见证 witnessing", total=total_ms)

        def lived(at_ms: int) -> None:
            bar.update(task, completed=float(at_ms))
            device.lived()

        with device.pulse.visit():
            return witness.witness(list(visit.sensors()), visit.events(), lived)


def _tell(visit: "SealedVisit") -> None:
    for lost in visit.lost:
        what = "已撤回同意 consent taken back" if lost.reason is _TAKEN_BACK else "传感器失效 sensor lost"
        typer.echo(f"{what}: {lost.modality}: {lost.detail}", err=True)
    for refused in visit.refused_actions:
        typer.echo(f"忽略的操作 refused action: {refused.both}", err=True)
    typer.echo(f"已封存 sealed: {visit.record.seq} {visit.record.digest} ({len(visit.record.sealed)} bytes)")


def _send(device: Running, drain_s: float) -> None:
    from edge_agent.bootstrap.sending import build_uplink
    from visit_record.health import write_health

    waited = device.outbox.count()
    with build_uplink(device.settings, device.identity, device.outbox) as uplink:
        left = uplink.drain(drain_s)
        uplink.publish_health(write_health(device.check()))
    typer.echo(f"待发 waiting: {left}")
    if left:
        _tell_unreceipted(left, waited, _why_unreceipted(device.identity, uplink.refused_receipts))


def _why_unreceipted(identity: "Identity", refused_receipts: Iterable[str]) -> Words:
    from edge_agent.identity import SERVER_KEY_FILE
    from edge_agent.uplink import NOT_WAITING

    if identity.server_key is None:
        damage = identity.damaged.get(SERVER_KEY_FILE)
        return Words(_DAMAGED.zh.format(damage.said.zh), _DAMAGED.en.format(damage)) if damage else _UNPINNED
    # What was sent twice is answered twice: the second receipt names nothing that waits, and is no sign of a fault.
    refused = ", ".join(sorted(set(refused_receipts) - {NOT_WAITING}))
    return Words(_REFUSED.zh.format(refused), _REFUSED.en.format(refused)) if refused else _UNANSWERED


def _tell_unreceipted(left: int, waited: int, why: Words) -> None:
    """Say why records may still wait; that none of them got a receipt is an error."""
    message = UplinkError(
        f"{left} records wait in the outbox without a receipt; {why.en}", f"{left} 条记录没有回执，留在待发箱；{why.zh}"
    )
    if left >= waited:
        raise message
    typer.echo(message.told, err=True)
