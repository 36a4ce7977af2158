"""What `make check-arm64` says where it cannot work, and what it finds broken. The check itself is run by hand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.appliance.brokers import CONFIG

CHECK = CONFIG / "arm64" / "check"
NEEDED = ("bash", "dirname", "grep", "ls", "realpath")


def check(tools: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run it where no other tools are than these, but for what Debian keeps for root."""
    command = [str(CHECK), *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=30, env={"PATH": str(tools)}, cwd=tools
    )


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    says(folder / "id", "0")
    return folder


def says(place: Path, words: str) -> None:
    place.write_text(f"#!{shutil.which('bash')}\necho {words}\n")
    place.chmod(0o755)


def assert_lacks(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def test_a_machine_without_the_emulator_is_told_what_to_install(tools: Path, tmp_path: Path) -> None:
    done = check(tools, tmp_path / "cache")
    assert_lacks(done, "qemu-aarch64-static", "unshare", "apt install debootstrap qemu-user-static")
    assert not (tmp_path / "cache").exists()


def test_who_is_not_root_is_told_so_before_anything_is_made(tools: Path, tmp_path: Path) -> None:
    for name in ("debootstrap", "qemu-aarch64-static", "unshare"):
        says(tools / name, "never run")
    says(tools / "id", "1000")
    assert_lacks(check(tools, tmp_path / "cache"), "root", "sudo make check-arm64")
    assert not (tmp_path / "cache").exists()


def test_a_folder_that_is_not_the_checks_is_never_emptied(tools: Path, tmp_path: Path) -> None:
    for name in ("debootstrap", "qemu-aarch64-static", "unshare"):
        says(tools / name, "never run")
    if not (CONFIG.parent / ".venv" / "bin" / "edge-agent").exists() or "binfmt_misc" not in _filesystems():
        pytest.skip("the check lacks more than that on this machine")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "precious.txt").write_text("keep me")
    assert_lacks(check(tools, tmp_path), "other things", "CACHE=")
    assert (tmp_path / "root" / "precious.txt").exists()


def _filesystems() -> str:
    return Path("/proc/filesystems").read_text("ascii")


def test_without_a_folder_to_work_in_it_asks_for_one(tools: Path) -> None:
    assert_lacks(check(tools), "folder")


def test_packages_that_the_check_leaves_out_are_packages_of_a_device() -> None:
    left_out = re.search(r"grep -vxE '([^']*)'", CHECK.read_text("utf-8"))
    assert left_out is not None
    installed = set(re.findall(r"^  - (\S+)$", (CONFIG / "cloud-init" / "user-data").read_text("utf-8"), re.M))
    assert set(left_out[1].split("|")) <= installed


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A Python's environment with one package, as pip would have left it."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    site = next((tmp_path / "venv" / "lib").glob("python*")) / "site-packages"
    about = site / "odd-1.0.dist-info"
    about.mkdir()
    (site / "odd").mkdir()
    (site / "odd" / "__init__.py").touch()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: Odd\nVersion: 1.0\n")
    (about / "WHEEL").write_text("Wheel-Version: 1.0\nTag: cp313-cp313-manylinux_2_28_aarch64\n")
    (about / "RECORD").write_text("odd/__init__.py,,\nodd/_core.abi3.so,,\nodd/libs/libodd.so,,\n")
    return tmp_path / "venv"


def wheels(environment: Path) -> subprocess.CompletedProcess[str]:
    command = [str(environment / "bin" / "python"), str(CONFIG / "arm64" / "wheels.py")]
    shell = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=shell)


def test_a_compiled_module_for_another_processor_is_found_broken(environment: Path) -> None:
    next(environment.rglob("site-packages/odd")).joinpath("_core.abi3.so").write_bytes(b"\x7fELF of another machine")
    done = wheels(environment)
    assert done.returncode == 1
    assert "odd 1.0: cp313-cp313-manylinux_2_28_aarch64; 1 compiled, 1 of them broken" in done.stdout
    assert "odd._core: ImportError" in done.stdout


def test_an_environment_whose_modules_load_is_well(environment: Path) -> None:
    record = next(environment.rglob("RECORD"))
    record.write_text("odd/__init__.py,,\n")
    done = wheels(environment)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1 packages, 0 broken modules")
