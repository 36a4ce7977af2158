"""``edge-agent scan`` and ``edge-agent show-request``: enrolling by codes that are held before cameras."""

import itertools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visit_record.bilingual import Words

if TYPE_CHECKING:
    from edge_agent.ports import Sensor
    from edge_agent.readings import CameraFrame
    from visit_record.code_parts import CodePart

# Time to fetch a page that was left in the other room; a camera that nobody stands before is closed after it.
MOST_S = 300.0

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", help="设备设置，用其中的摄像头 / the device's settings.toml, for its camera"),
]
Source = Annotated[
    str | None,
    typer.Option(
        "--camera",
        metavar="SOURCE",
        help="/dev/video0、picamera2、视频、图片、图片文件夹 / a device, picamera2, a video, pictures or their folder",
    ),
]
Out = Annotated[Path, typer.Option("--out", help="要新建的文件夹 / the folder to make")]
OfDevice = Annotated[
    bool, typer.Option("--request", help="读设备的请求码，不是登记码 / read a device's request instead")
]
Within = Annotated[float, typer.Option("--within-s", min=1.0, help="最多等几秒 / how many seconds at most")]
Folder = Annotated[Path, typer.Option("--folder", help="设备文件夹 / the device's folder")]
KeyAlone = Annotated[bool, typer.Option("--fingerprint", help="只显示密钥指纹 / the fingerprint of its key alone")]
Csr = Annotated[Path | None, typer.Option("--csr", help="证书请求，PEM / the request for its certificate")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("scan")(scan)
    app.command("show-request")(show_request)


def scan(
    out: Out,
    settings: SettingsFile = None,
    camera: Source = None,
    of_device: OfDevice = False,
    within_s: Within = MOST_S,
) -> None:
    """用摄像头读登记码 / Read a code from the camera into a folder, as a stick would bring it: all of it or nothing.

    What was read is told on standard output by its fingerprint: ``carewitness-enrol`` asks about it before it is used.
    """
    from edge_agent.enrolling.folder import request_files, require_free, site_files, write_folder
    from edge_agent.enrolling.reader import CodeReader
    from edge_agent.enrolling.scan import scan as scanned
    from visit_record.code_parts import CodeKind, fingerprint
    from visit_record.request_code import unpack_request
    from visit_record.site_code import unpack_site

    require_free(out)
    kind = CodeKind.REQUEST if of_device else CodeKind.SITE
    frames = _camera(settings, camera).readings()
    document = scanned(frames, CodeReader().codes_in, kind, within_s, _tell)
    request = unpack_request(document) if of_device else None
    files = request_files(request) if request else site_files(unpack_site(document))
    write_folder(out, files)
    _tell(_read_whole(out, list(files)) if request else _laid_aside(out, list(files)))
    typer.echo(Words("请核对指纹", f"compare the fingerprint: {fingerprint(document)}").both)
    if request is not None:
        _tell(Words("密钥指纹", f"key fingerprint: {fingerprint(request.key)}"))


def _read_whole(out: Path, names: Sequence[str]) -> Words:
    return Words(
        f"已读入 {out}：{'、'.join(names)}；核对指纹后再用",
        f"read into {out}: {', '.join(names)}; compare the fingerprint before you use them",
    )


def _laid_aside(out: Path, names: Sequence[str]) -> Words:
    """Until somebody has compared it, a code is a stranger's, and nothing of it is in force."""
    return Words(
        f"读全了；核对指纹之前只是暂放在 {out}：{'、'.join(names)}",
        f"read whole; only laid aside in {out} until the fingerprint is compared: {', '.join(names)}",
    )


def show_request(folder: Folder, csr: Csr = None, key_alone: KeyAlone = False) -> None:
    """显示本机的请求码 / Show who this device is as codes, for the administrator's camera."""
    from edge_agent.enrolling.request import drawn, request_document, request_parts
    from edge_agent.identity import open_identity
    from visit_record.code_parts import fingerprint

    identity = open_identity(folder)
    of_key = f"密钥指纹 key fingerprint {fingerprint(identity.key.public_key().public_bytes_raw())}"
    if key_alone:
        typer.echo(of_key)
        return
    document = request_document(identity, csr)
    parts = request_parts(document)
    for part in _leafed(parts) if sys.stdin.isatty() else parts:
        typer.echo(drawn(part), nl=False)
        typer.echo(f"{part.number}/{part.count}  指纹 fingerprint {fingerprint(document)}\n{of_key}")


def _leafed(parts: "Sequence[CodePart]") -> "Iterator[CodePart]":
    """One after the other and from the first again, by Enter, until somebody types something else or is gone."""
    for part in itertools.cycle(parts):
        yield part
        typer.echo("回车：下一个，q：结束 · Enter: the next one, q: done ", nl=False)
        if sys.stdin.readline() != "\n":
            return


def _camera(settings: Path | None, source: str | None) -> "Sensor[CameraFrame]":
    from edge_agent.errors import SettingsError
    from edge_agent.sensor_settings import CameraSettings
    from edge_agent.sensors.live import camera
    from edge_agent.sensors.picture_files import PICTURES, PictureFiles
    from edge_agent.settings_file import read_settings

    if source is not None:
        path = Path(source)
        is_picture = path.is_dir() or path.suffix.lower() in PICTURES
        return PictureFiles(path) if is_picture else camera(CameraSettings(source=source))
    fitted = read_settings(settings).camera if settings is not None else CameraSettings()
    if fitted is None:
        raise SettingsError(
            f"{settings} has no [camera]; name one with --camera", f"{settings} 没有 [camera]，请用 --camera 指定"
        )
    return camera(fitted)


def _tell(words: Words) -> None:
    typer.echo(words.both, err=True)
