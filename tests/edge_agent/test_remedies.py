"""What the device refuses says in each language, and by itself in each, what is wrong and what to do."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.calibration.recordings import Heard
from edge_agent.calibration.sound import Lesson, check_teachable, lessons, refuse_if_unheard, taught
from edge_agent.commands import roster
from edge_agent.enrolling.folder import require_free, write_folder
from edge_agent.enrolling.scan import scan
from edge_agent.errors import EdgeError
from edge_agent.identity import KEY_FILE, create_identity, open_identity
from edge_agent.perception.generic_sounds import GenericSounds, from_bytes
from edge_agent.perception.model_registry import ModelEntry, read_registry
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.site_sound import SiteCue, SoundSpace
from edge_agent.pulling.address import require_safe
from edge_agent.pulling.part_file import PartFile
from edge_agent.readings import CameraFrame
from edge_agent.sealed_roster import PURPOSE, SealedRoster
from edge_agent.sensors.nmea_file import log_format
from edge_agent.sensors.picture_files import read_picture
from edge_agent.sensors.sound_file import SoundFile
from edge_agent.sensors.thermal_file import open_frames
from edge_agent.site_store import SITE_FILE, SiteCalibration, SiteFile, Stretches
from edge_agent.sole_witness import sole_witness
from edge_agent.starts import starts
from edge_agent.updating.publishing import Edition, publish
from edge_agent.updating.shelf import Shelf
from edge_agent.updating.sources import source_of
from edge_agent.updating.trial import Moment
from edge_agent.updating.trying import Trials
from edge_agent.vault import Vault
from tests.edge_agent.broker import free_port
from tests.selftest.chinese import chinese_in, english_in, prose_in
from visit_record.code_parts import CodeKind
from visit_record.vocabulary import SoundCue

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
ENTRY = ModelEntry("ear", "ear.onnx", "0" * 64, "sound", "cues", "MIT", "ear.md", "trained here")
BROUGHT = ModelEntry(
    "ear", "ear.onnx", "0" * 64, "sound", "cues", "MIT", "ear.md", "a package", package="no_such_package"
)
NOTHING = Heard(np.zeros((0, 0), np.float32), (), 0)


def _damaged_key(folder: Path) -> None:
    (folder / KEY_FILE).write_text("?")
    open_identity(folder)


def _records_without_key(folder: Path) -> None:
    (folder / "outbox.db").touch()
    open_identity(folder)


def _a_second_witness(folder: Path) -> None:
    with sole_witness(folder), sole_witness(folder):
        pass


def _vault(folder: Path, content: bytes) -> Vault:
    (folder / "roster.sealed").write_bytes(content)
    return Vault(folder / "roster.sealed", PURPOSE, KEY)


def _anothers_vault(folder: Path) -> None:
    _vault(folder, b"").write(b"who they are")
    Vault(folder / "roster.sealed", PURPOSE, Ed25519PrivateKey.generate()).read()


def _roster_of_another_version(folder: Path) -> None:
    vault = _vault(folder, b"")
    vault.write(b"\x93")
    SealedRoster(vault).open()


def _not_the_registrys(folder: Path) -> None:
    (folder / "ear.onnx").write_bytes(b"another")
    ModelStore(folder, {"ear": ENTRY}).read("ear")


def _twice_in_the_registry(folder: Path) -> None:
    row = "".join(f'{key} = "{getattr(ENTRY, key)}"\n' for key in ENTRY.__struct_fields__[:8])
    (folder / "registry.toml").write_text(f"[[model]]\n{row}[[model]]\n{row}", "utf-8")
    read_registry(folder / "registry.toml")


def _taken_folder(folder: Path) -> None:
    (folder / "ours").write_bytes(b"")
    require_free(folder)


def _seen(texts: Iterable[str]) -> None:
    frame = CameraFrame(0, np.zeros((8, 8, 3), np.uint8))
    scan([frame], lambda _: texts, CodeKind.SITE, 1, lambda _: None)


def _learnt_otherwise() -> None:
    generic = GenericSounds(np.eye(3, dtype=np.float32), np.zeros((3, 12), np.bool_), np.arange(3), "0" * 64)
    next(lessons(SiteCalibration("1" * 64), generic, SoundSpace.of(generic.points)))


def _unheard() -> None:
    site = SiteCue(NOTHING.points, NOTHING.points, 0.5, 0.1)
    refuse_if_unheard(SoundCue.WATER, Lesson(site, 0.2, True, 0.0, None))


def _damaged_site(folder: Path) -> None:
    (folder / SITE_FILE).write_bytes(b"?")
    SiteFile(folder).read()


def _another_update(folder: Path) -> None:
    with Shelf(folder).alone(), Shelf(folder).alone():
        pass


def _never_ran(folder: Path) -> None:
    Trials(Shelf(folder)).rollback(Moment("boot", 0))


def _another_download(folder: Path) -> None:
    with PartFile.open(folder / "ear.onnx", "0" * 64), PartFile.open(folder / "ear.onnx", "0" * 64):
        pass


def _nobody_listens() -> None:
    source = source_of(f"http://127.0.0.1:{free_port()}/")
    source.manifest()


def _frames(folder: Path) -> None:
    np.save(folder / "a.npy", np.zeros((3, 2)))
    open_frames(folder / "a.npy")


REFUSED: Mapping[str, tuple[Callable[[Path], object], str]] = {
    "no identity": (open_identity, "在源码中：edge-agent enrol --folder"),
    "a key that is damaged": (_damaged_key, "没有备份时用空文件夹重新登记"),
    "records without their key": (_records_without_key, "没有备份时用空文件夹重新登记"),
    "names that are none": (lambda folder: create_identity(folder / "new", "a b", "c"), "不能作设备名称：给出的名称"),
    "no folder": (lambda folder: sole_witness(folder / "none").__enter__(), "登记设备：sudo carewitness-enrol"),
    "a second witness": (_a_second_witness, "先停止它"),
    "a roster that nobody sealed": (lambda folder: _vault(folder, b"x").read(), "从备份恢复，或重新登记人员"),
    "another device's roster": (_anothers_vault, "从备份恢复，或重新登记人员"),
    "a roster of another version": (_roster_of_another_version, "重新登记人员"),
    "a vault in no folder": (
        lambda folder: Vault(folder / "no" / "x", PURPOSE, KEY).write(b""),
        "不存在",
    ),
    "another model": (_not_the_registrys, "从仓库取回 models/ear.onnx"),
    "no model": (lambda folder: ModelStore(folder, {"ear": ENTRY}).read("ear"), "从仓库取回 models/ear.onnx"),
    "a role of no model": (lambda folder: ModelStore(folder, {"ear": ENTRY}).read("nose"), "有 ear"),
    "a package that is not installed": (BROUGHT.path, "再运行 make setup"),
    "a role twice": (_twice_in_the_registry, "只留一行"),
    "a folder that is taken": (_taken_folder, "换一个新的或空的"),
    "a folder in none": (lambda folder: write_folder(folder / "no" / "new", {}), "换一个新的或空的"),
    "no code": (lambda _: _seen(()), "举近一些"),
    "a cue that is not taught": (lambda _: check_teachable(SoundCue.SPEECH), "可以教"),
    "too few examples": (lambda _: taught(NOTHING, NOTHING, 0.05), "要 5 段以上"),
    "what another model learnt": (lambda _: _learnt_otherwise(), "再用 edge-agent calibrate 学一次"),
    "what sounds like the rest": (lambda _: _unheard(), "录近一些"),
    "sounds of a home that are damaged": (_damaged_site, "再用 edge-agent calibrate 学一次"),
    "a folder of a home's sounds that is none": (
        lambda folder: SiteFile(folder / "none").forget(SoundCue.WATER),
        "none：不存在；核对路径和权限",
    ),
    "a second update": (_another_update, "请等它结束"),
    "nothing to go back to": (_never_ran, "请以更高的序号重新发布"),
    "a release from nowhere": (lambda folder: source_of(str(folder / "none")).manifest(), "不存在；核对 U 盘、地址"),
    "a release from nobody": (lambda _: _nobody_listens(), "拒绝连接，没有程序在听）；核对网络和地址"),
    "a release in the open": (lambda _: source_of("http://updates.example.org/r"), "请给出 https 地址"),
    "a release without its locks": (
        lambda folder: publish(folder, Edition(1, "1", "arm64", "3.13", 0), KEY),
        "从 requirements/ 复制过来",
    ),
    "a second download": (_another_download, "请等它结束"),
    "a download into no folder": (
        lambda _: PartFile.open(Path("/dev/null/ear.onnx"), "0" * 64).__enter__(),
        "请以该文件夹的",
    ),
    "what a home taught on other points": (lambda _: Stretches(b"?!", (0,)).rows(5), "本户教过的声音已损坏；请用"),
    "an address that is none": (lambda _: require_safe("https://["), "请给出 https://主机/文件夹"),
    "no start was counted": (starts, "见证程序下次启动会把它另存，改用没有记录用过的次数接着数"),
    "generic sounds that are none": (lambda _: from_bytes(b""), "在源码中用 git checkout 取回 models/"),
    "no sound": (lambda folder: next(SoundFile(folder / "a.wav").readings()), "核对路径"),
    "no picture": (lambda folder: read_picture(folder / "a.png"), "不能作为图片读取：不存在"),
    "frames that are none": (_frames, "的形状为 (3, 2)；应为 numpy.save 保存的"),
    "no log": (lambda folder: log_format(folder / "a.nmea"), "不存在；核对路径和权限"),
    "nothing to enrol from": (
        lambda folder: roster.enrol(folder / "settings.toml", "ann"),
        "用 --face 或 --voice 给出",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_each_language_says_by_itself_what_is_wrong_and_what_to_do(tmp_path: Path, case: str) -> None:
    does, remedy = REFUSED[case]
    with pytest.raises(EdgeError) as refused:
        does(tmp_path)
    said = refused.value.said
    assert remedy in said.zh
    assert (english_in(said.zh), prose_in(said.zh)) == ([], [])
    assert said.en
    assert not any(chinese_in(said.en))
    assert refused.value.told == said.both
