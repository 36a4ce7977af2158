"""``edge-agent inspect``: what each sense makes of recorded files.

The senses' libraries take seconds to load, so each command imports its own only when it runs.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from edge_agent.commands.enrolment import enrol_usable
from edge_agent.commands.many_files import ManyFilesCommand
from edge_agent.commands.options import INSTALLED_REGISTRY, AsJson, Compared, Enrolled, Files, Registry
from edge_agent.commands.report import Line, report
from edge_agent.errors import UnreadableFileError

FILE = {"file": "文件 File"}
SOUND = FILE | {"cues": "最强线索 Strongest cues", "windows": "窗数 Windows"}
VOICE = FILE | {"similarity": "相似度 Similarity", "speech_s": "语音秒数 Speech (s)"}
FACE = FILE | {"faces": "人脸数 Faces", "similarity": "相似度 Similarity", "quality": "质量 Quality"}
THERMAL = {
    "frame": "帧 Frame",
    "people": "人数 People",
    "bed_occupied": "床上有人 In bed",
    "present": "有人 Present",
    "posture": "姿势 Posture",
    "blind": "看不清 Blind",
}
GPS = {
    "format": "格式 Format",
    "fixes": "定位数 Fixes",
    "first": "首个 First",
    "last": "末个 Last",
    "max_jump_m": "最大跳变 Longest step (m)",
    "cues": "疑点 Cues",
}
FENCE = {"site": "在服务地点 At the site", "distance_m": "距离 Distance (m)"}


def group() -> typer.Typer:
    """The command group."""
    inspect = typer.Typer(help="查看录制的文件 / look into recorded files", no_args_is_help=True)
    inspect.command()(sound)
    inspect.command(cls=ManyFilesCommand)(voice)
    inspect.command(cls=ManyFilesCommand)(face)
    inspect.command()(thermal)
    inspect.command()(gps)
    return inspect


Home = Annotated[
    Path | None,
    typer.Option("--folder", help="设备文件夹，用上本户学过的声音 / the device's folder, for what its home taught"),
]


def sound(files: Files, folder: Home = None, registry: Registry = INSTALLED_REGISTRY, as_json: AsJson = False) -> None:
    """照护声音 / Care sounds in WAV or FLAC files."""
    from edge_agent.calibration.sound import open_site
    from edge_agent.inspection.sound import inspect_sound
    from edge_agent.perception.model_store import ModelStore
    from edge_agent.perception.sound import CareSoundClassifier

    if folder is not None and not folder.is_dir():
        raise typer.BadParameter(f"--folder: 没有这个文件夹 / there is no folder {folder}")
    store = ModelStore.open(registry)
    site = open_site(folder, store) if folder is not None else None
    classifier = CareSoundClassifier(store, site.sounds if site else None)
    report(files, lambda path: [inspect_sound(path, classifier)], SOUND, as_json=as_json)


def voice(enrol: Enrolled, against: Compared, registry: Registry = INSTALLED_REGISTRY, as_json: AsJson = False) -> None:
    """声纹 / Voices in WAV or FLAC files against the one that is enrolled."""
    from edge_agent.inspection.voice import enrol_recordings, inspect_voice, speech_detector
    from edge_agent.perception.model_store import ModelStore
    from edge_agent.perception.sound import CareSoundClassifier
    from edge_agent.perception.voice import VoiceEncoder

    store = ModelStore.open(registry)
    encoder, is_speech = VoiceEncoder(store), speech_detector(CareSoundClassifier(store))
    enrolment = enrol_usable(enrol, lambda files: enrol_recordings(files, encoder, is_speech))
    look = enrolment.compare(lambda path, voiceprint: inspect_voice(path, encoder, voiceprint, is_speech))
    report(enrolment.subjects(against), look, VOICE, as_json=as_json)


def face(enrol: Enrolled, against: Compared, registry: Registry = INSTALLED_REGISTRY, as_json: AsJson = False) -> None:
    """人脸 / Faces in pictures against the one that is enrolled."""
    from edge_agent.inspection.face import face_perceiver, inspect_face
    from edge_agent.perception.face_choice import open_face_engine
    from edge_agent.perception.model_store import ModelStore

    engine = open_face_engine(ModelStore.open(registry))
    enrolment = enrol_usable(enrol, lambda files: face_perceiver(files, engine))
    report(enrolment.subjects(against), enrolment.compare(inspect_face), FACE, as_json=as_json)


Site = Annotated[str | None, typer.Option(metavar="LAT,LON", help="服务地点 / the site, in degrees")]
Radius = Annotated[float, typer.Option(metavar="M", min=1, help="半径（米）/ metres around the site")]


Gpsd = Annotated[
    Path | None, typer.Option(metavar="PROGRAM", help="读二进制日志的 gpsd / the gpsd that reads binary logs")
]


def gps(files: Files, site: Site = None, radius: Radius = 150.0, gpsd: Gpsd = None, as_json: AsJson = False) -> None:
    """定位日志 / Fixes in a receiver's log, and whether they are at a site; gpsd reads binary ones."""
    from edge_agent.inspection.position import Geofence, inspect_gps
    from edge_agent.perception.geodesy import Point
    from edge_agent.sensors.gpsd_player import receiver_decoder

    fence = Geofence(Point(*_degrees(site)), radius) if site is not None else None
    columns = _columns(files, GPS | FENCE if fence else GPS)
    decoder, told = receiver_decoder(gpsd), set[str]()

    def tell(why: str) -> None:
        if why not in told:
            typer.echo(f"注意 note: {why}", err=True)
        told.add(why)

    report(files, lambda path: _named(files, path, [inspect_gps(path, fence, decoder, tell)]), columns, as_json=as_json)


def _degrees(text: str) -> tuple[float, float]:
    try:
        latitude, longitude = map(float, text.split(","))
    except ValueError as cause:
        raise typer.BadParameter("--site: 要纬度和经度 / give latitude and longitude: LAT,LON") from cause
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise typer.BadParameter("--site: 不在地球上 / is no place on earth: give LAT,LON in degrees")
    return latitude, longitude


COLDEST_C, HOTTEST_C = -20.0, 50.0
Ambient = Annotated[float | None, typer.Option(metavar="C", help="室温 °C / temperature of the room in °C")]
Bed = Annotated[
    str | None, typer.Option(metavar="x0,y0,x1,y1", help="床在阵列中的位置 / the bed, in cells of the array")
]


def thermal(
    files: Files,
    ambient: Ambient = None,
    bed: Bed = None,
    registry: Registry = INSTALLED_REGISTRY,
    as_json: AsJson = False,
) -> None:
    """热成像帧 / Frames [N, rows, columns] in °C, saved by numpy.save."""
    from edge_agent.inspection.thermal import bed_of_file, inspect_thermal
    from edge_agent.perception.model_store import ModelStore
    from edge_agent.perception.occupancy import OccupancyPerceiver

    if ambient is not None and not COLDEST_C <= ambient <= HOTTEST_C:
        raise typer.BadParameter(
            f"--ambient: 要室温 °C / give the room's temperature in °C, {COLDEST_C:g} to {HOTTEST_C:g}"
        )
    store, corners = ModelStore.open(registry), _corners(bed) if bed else None

    def look(path: Path) -> Iterable[Line]:
        try:
            area = bed_of_file(path, corners) if corners else None
        except ValueError as cause:
            raise _outside(path, alone=len(files) == 1) from cause
        yield from _named(files, path, inspect_thermal(path, OccupancyPerceiver(store, area, ambient)))

    report(files, look, _columns(files, THERMAL), as_json=as_json)


def _corners(text: str) -> tuple[float, float, float, float]:
    try:
        x0, y0, x1, y1 = map(float, text.split(","))
    except ValueError as cause:
        raise typer.BadParameter("--bed: 要四个数 / give four numbers: x0,y0,x1,y1") from cause
    return x0, y0, x1, y1


def _outside(path: Path, *, alone: bool) -> Exception:
    """One file's wrong bed is a wrong option; among several the others are still looked into."""
    outside = UnreadableFileError(f"--bed: is no area inside the array of {path}", f"--bed: 不在 {path} 的阵列之内")
    return typer.BadParameter(outside.told) if alone else outside


def _named(files: Sequence[Path], path: Path, lines: Iterable[Line]) -> Iterable[Line]:
    """Lines that name their file where there is more than one to tell apart."""
    return lines if len(files) == 1 else ({"file": str(path)} | line for line in map(dict, lines))


def _columns(files: Sequence[Path], columns: dict[str, str]) -> dict[str, str]:
    return columns if len(files) == 1 else FILE | columns
