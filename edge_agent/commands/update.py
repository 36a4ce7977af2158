"""``edge-agent update``: a published release onto this device, and back again where it does not come up healthy."""

import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.commands.options import AsJson
from visit_record.bilingual import Words

if TYPE_CHECKING:
    from edge_agent.pulse import Alive
    from edge_agent.updating.occasion import Occasion
    from edge_agent.updating.trial import Moment
    from edge_agent.updating.trying import Outcome, Trials
    from edge_agent.updating.updater import Updater

Releases = Annotated[
    Path, typer.Option("--releases", envvar="CAREWITNESS_RELEASES", help="版本文件夹 / the folder of releases")
]
Key = Annotated[
    Path, typer.Option("--key", envvar="CAREWITNESS_RELEASE_KEY", help="发布者公钥 / the publisher's public key, a JWK")
]
From = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="FOLDER|URL",
        envvar="CAREWITNESS_UPDATES_FROM",
        help="文件夹或内网地址 / a folder, or https://…",
    ),
]
AliveFile = Annotated[
    Path | None, typer.Option("--alive", envvar="CAREWITNESS_ALIVE", help="运行状态文件 / the agent's sign of life")
]
SelftestFolder = Annotated[
    Path | None,
    typer.Option("--selftest", envvar="CAREWITNESS_SELFTEST", help="自检时占用 / held while a self-test is at work"),
]
Wait = Annotated[
    float, typer.Option("--wait-s", min=0, help="服务或自检最多等多久（秒）/ seconds to wait for a visit or self-test")
]
AfterSwitch = Annotated[
    str | None, typer.Option("--after-switch", metavar="COMMAND", help="切换后执行的命令 / what to run after a switch")
]
Now = Annotated[bool, typer.Option("--now", help="不等服务和自检 / even in a visit or a self-test, which it cuts")]
Healthy = Annotated[float, typer.Option("--healthy-s", min=0, help="正常运行多久算合格（秒）/ seconds that prove")]
Deadline = Annotated[float, typer.Option("--deadline-s", min=1, help="多久不合格就退回（秒）/ seconds it has for that")]

WORDS = {
    "newer": "有新版本 newer",
    "older": "比用过的版本旧，不会安装 older than what ran here; not installed",
    "failed": "在此退回过，不再自动安装 was taken back here; not tried again",
    "switched": "已切换 switched to",
    "running": "正在使用 running already",
    "mended": "正在使用；丢失或改动过的文件已补回，请在没有服务时重新启动设备 running already; "
    "what was lost or altered is put back: restart the device when there is no visit",
    "failed_before": "在此退回过，请发布更高的序号 was taken back here; publish a higher sequence",
    "visit_under_way": "已就绪，服务结束后再切换 ready; a visit is under way, it is switched to after that",
    "selftest_under_way": "已就绪，自检结束后再切换 ready; a self-test is under way, it is switched to after that",
    "nothing_on_trial": "没有试用中的版本 nothing is on trial",
    "on_trial": "试用中 on trial",
    "confirmed": "已确认 confirmed",
    "rolled_back": "已退回 rolled back",
}

_BRING_KEY = Words("核对路径和权限，或从备份恢复", "check its path and its rights, or restore it from its backup")


def group() -> typer.Typer:
    """The command group."""
    update = typer.Typer(help="软件与模型更新 / updates of software and models", no_args_is_help=True)
    for command in (check, apply, judge, confirm, rollback, seal):
        update.command()(command)
    update.command("key")(make_key)
    return update


def check(place: From, releases: Releases, key: Key, as_json: AsJson = False) -> None:
    """查看发布的版本 / What is published there, its seal checked; nothing is changed."""
    from edge_agent.updating.sources import source_of

    release, standing = _updater(releases, key).standing(source_of(place))
    _tell(standing, release.name, as_json=as_json)


def apply(  # noqa: PLR0913, PLR0917 - one option each
    place: From,
    releases: Releases,
    key: Key,
    alive: AliveFile = None,
    selftest: SelftestFolder = None,
    wait_s: Wait = 0.0,
    after_switch: AfterSwitch = None,
    as_json: AsJson = False,
) -> None:
    """安装并切换到新版本 / Put a newer release beside what runs, and switch to it on trial; never during a visit."""
    from edge_agent.updating.sources import source_of

    release, outcome = _updater(releases, key).apply(
        source_of(place), _occasion(alive, selftest, wait_s), lambda path: typer.echo(path, err=True)
    )
    _tell(outcome, release.name, as_json=as_json)
    _then(after_switch, outcome)


def judge(  # noqa: PLR0913, PLR0917 - one option each
    releases: Releases,
    alive: AliveFile = None,
    after_switch: AfterSwitch = None,
    healthy_s: Healthy = 60.0,
    deadline_s: Deadline = 300.0,
    as_json: AsJson = False,
) -> None:
    """确认或退回试用版本 / Confirm the release on trial once it is healthy, take it back when its time is up."""
    from edge_agent.updating.trial import Patience

    patience = Patience(healthy_ms=round(1000 * healthy_s), deadline_ms=round(1000 * deadline_s))
    outcome = _trials(releases).judge(_alive(alive), _moment(), patience)
    _tell(outcome, _running(releases), as_json=as_json)
    _then(after_switch, outcome)


def confirm(releases: Releases, as_json: AsJson = False) -> None:
    """人工确认试用版本 / Call the release on trial proven: you have seen that it works."""
    _tell(_trials(releases).confirm(_moment()), _running(releases), as_json=as_json)


def rollback(  # noqa: PLR0913, PLR0917 - one option each
    releases: Releases,
    alive: AliveFile = None,
    selftest: SelftestFolder = None,
    wait_s: Wait = 0.0,
    now: Now = False,
    after_switch: AfterSwitch = None,
    as_json: AsJson = False,
) -> None:
    """人工退回 / Go back to the release before; the one that is left is not tried again by itself."""
    if not now:
        _require_idle(_occasion(alive, selftest, wait_s))
    outcome = _trials(releases).rollback(_moment())
    _tell(outcome, _running(releases), as_json=as_json)
    _then(after_switch, outcome)


def seal(  # noqa: PLR0913, PLR0917 - one option each
    folder: Annotated[Path, typer.Argument(help="要发布的文件夹 / the folder to publish")],
    private_key: Annotated[Path, typer.Option("--private-key", help="发布者私钥 / the publisher's, of `update key`")],
    sequence: Annotated[int, typer.Option("--sequence", min=1, help="序号，只增不减 / counts up, never down")],
    version: Annotated[str, typer.Option("--version", help="版本号 / for people")],
    machine: Annotated[str, typer.Option("--machine", help="处理器 / the processor")] = "aarch64",
    python: Annotated[str, typer.Option("--python", help="Python 版本 / its version")] = "3.13",
) -> None:
    """发布者：为文件夹签名 / For publishers: seal a folder of files into a release; prints the public key."""
    import time

    import msgspec

    from edge_agent.errors import UpdateError
    from edge_agent.updating.publishing import Edition, publish
    from visit_record.errors import KeyFileError
    from visit_record.keys import load_key, public_jwk, thumbprint

    try:
        signing = load_key(private_key)
    except KeyFileError as cause:
        raise UpdateError(str(cause), f"读不出发布者私钥 {private_key}", _BRING_KEY) from cause
    release = publish(folder, Edition(sequence, version, machine, python, time.time_ns() // 1_000_000), signing)
    kid = thumbprint(signing.public_key())
    typer.echo(f"已发布 published: {release.name}, {len(release.files)} files；密钥 key: {kid}", err=True)
    typer.echo(msgspec.json.encode(public_jwk(signing.public_key())).decode())


def make_key(private_key: Annotated[Path, typer.Argument(help="写到哪里 / where to write it")]) -> None:
    """发布者：生成密钥，只做一次 / For publishers, once: make the key of all releases; prints its public side."""
    import msgspec

    from edge_agent.errors import UpdateError
    from visit_record.errors import KeyFileError
    from visit_record.keys import public_jwk, store_new_key, thumbprint

    try:
        made = store_new_key(private_key).public_key()
    except KeyFileError as cause:
        raise UpdateError(
            str(cause),
            f"私钥不能存为 {private_key}",
            Words("换一个还没有的、可写的路径", "name a path that is free and can be written"),
        ) from cause
    typer.echo(f"密钥 key: {thumbprint(made)}", err=True)
    typer.echo(msgspec.json.encode(public_jwk(made)).decode())


def _updater(releases: Path, key: Path) -> "Updater":
    from edge_agent.identity import read_public_key
    from edge_agent.updating.shelf import Shelf
    from edge_agent.updating.updater import Updater

    return Updater(Shelf(releases), read_public_key(key))


def _trials(releases: Path) -> "Trials":
    from edge_agent.updating.shelf import Shelf
    from edge_agent.updating.trying import Trials

    return Trials(Shelf(releases))


def _running(releases: Path) -> str:
    from edge_agent.updating.shelf import Link, Shelf

    return Shelf(releases).name(Link.CURRENT) or "—"


def _occasion(alive: Path | None, selftest: Path | None, wait_s: float) -> "Occasion":
    from edge_agent.updating.occasion import Occasion
    from edge_agent.whole_files import is_held

    return Occasion(
        moment=_moment,
        alive=lambda: _alive(alive),
        looked_at=lambda: selftest is not None and is_held(selftest),
        wait_ms=round(1000 * wait_s),
    )


def _require_idle(occasion: "Occasion") -> None:
    from edge_agent.errors import UpdateError
    from edge_agent.updating.trying import Outcome

    busy = occasion.awaited()
    if busy is not None:
        what = Words("服务", "a visit") if busy is Outcome.VISIT_UNDER_WAY else Words("自检", "a self-test")
        raise UpdateError(
            f"{what.en} is under way, and nothing was changed; go back when it is over, or with --now",
            f"{what.zh}进行中，什么都没有改动；结束后再退回，或加 --now",
        )


def _alive(file: Path | None) -> "Alive | None":
    from edge_agent.pulse import read_alive

    return None if file is None else read_alive(file)


def _moment() -> "Moment":
    from edge_agent.machine import boot_id
    from edge_agent.sensors.monotonic import monotonic_ms
    from edge_agent.updating.trial import Moment

    # The monotonic clock begins anew with each start of the machine.
    return Moment(boot_id(), monotonic_ms())


def _tell(state: str, name: str, *, as_json: bool) -> None:
    import json

    typer.echo(json.dumps({"state": state, "release": name}) if as_json else f"{WORDS[state]}: {name}")


def _then(command: str | None, outcome: "Outcome") -> None:
    """What makes a switch felt: a running program keeps its old files until it starts anew."""
    from edge_agent.errors import UpdateError
    from edge_agent.updating.trying import Outcome

    if command is None or outcome not in {Outcome.SWITCHED, Outcome.ROLLED_BACK}:
        return
    done = subprocess.run(shlex.split(command), check=False)
    if done.returncode != 0:
        raise UpdateError(
            f"switched, but `{command}` ended with {done.returncode}; restart the device",
            f"已经切换，但 `{command}` 以 {done.returncode} 结束；请重新启动设备",
        )
