"""A small stand-in for Raspberry Pi OS's image becomes a card with a data partition; its system stays whole."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.appliance.brokers import CONFIG

MIB = 1024 * 1024
# Where Debian keeps them, an ordinary user's shell does not look.
PLACES = f"{os.environ['PATH']}:/usr/sbin:/sbin"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Two partitions, as the image has them: one to start from, and an ext4 with the system."""
    for tool in ("sfdisk", "mke2fs", "debugfs", "resize2fs"):
        if shutil.which(tool, path=PLACES) is None:
            pytest.skip(f"{tool} is not installed; apt install fdisk e2fsprogs")
    system = tmp_path / "system"
    (system / "etc").mkdir(parents=True)
    (system / "etc" / "os-release").write_text("ID=raspbian\n" * 1000)
    run("mke2fs", "-q", "-t", "ext4", "-L", "rootfs", "-d", str(system), str(tmp_path / "rootfs"), "24M")
    place = tmp_path / "raspios.img"
    place.write_bytes(b"\0" * 8 * MIB + (tmp_path / "rootfs").read_bytes())
    layout = "label: dos\nlabel-id: 0x1a2b3c4d\nstart=2048, size=14336, type=c\nstart=16384, size=49152, type=83\n"
    run("sfdisk", "--quiet", str(place), stdin=layout)
    return place


def run(*command: str, stdin: str | None = None) -> str:
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, check=False, env=os.environ | {"PATH": PLACES}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def card(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(CONFIG / "bin" / "carewitness-card"), *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def partition(place: Path, number: int, into: Path) -> Path:
    table = json.loads(run("sfdisk", "--json", str(place)))["partitiontable"]
    part = table["partitions"][number - 1]
    with place.open("rb") as whole:
        whole.seek(part["start"] * 512)
        into.write_bytes(whole.read(part["size"] * 512))
    return into


def test_the_card_has_room_for_the_system_and_a_data_partition(image: Path, tmp_path: Path) -> None:
    done = card(image, tmp_path / "card.img", 64, 16)
    assert done.returncode == 0, done.stderr
    table = json.loads(run("sfdisk", "--json", str(tmp_path / "card.img")))["partitiontable"]
    sizes = [part["size"] * 512 // MIB for part in table["partitions"]]
    assert sizes == [7, 64, 16]
    # The system finds its partitions by the disk's identifier.
    assert table["id"] == "0x1a2b3c4d"
    data = partition(tmp_path / "card.img", 3, tmp_path / "data")
    run("e2fsck", "-fn", str(data))
    assert "carewitness-data" in run("e2label", str(data))


def test_the_system_is_whole_and_larger(image: Path, tmp_path: Path) -> None:
    card(image, tmp_path / "card.img", 64, 16)
    system = partition(tmp_path / "card.img", 2, tmp_path / "enlarged")
    run("e2fsck", "-fn", str(system))
    told = dict(
        re.findall(r"^(Block count|Block size): +(\d+)$", run("debugfs", "-R", "stats", str(system)), re.MULTILINE)
    )
    assert int(told["Block count"]) * int(told["Block size"]) == 64 * MIB
    assert run("debugfs", "-R", "cat /etc/os-release", str(system)) == "ID=raspbian\n" * 1000


def test_a_card_that_is_there_is_not_written_over(image: Path, tmp_path: Path) -> None:
    (tmp_path / "card.img").write_text("somebody's")
    done = card(image, tmp_path / "card.img", 64, 16)
    assert done.returncode == 1
    assert "is there already" in done.stderr
    assert (tmp_path / "card.img").read_text() == "somebody's"


def test_what_is_no_image_is_refused_and_nothing_is_left(image: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.img"
    other.write_bytes(b"\0" * MIB)
    done = card(other, tmp_path / "card.img", 64, 16)
    assert done.returncode != 0
    assert "two partitions" in done.stderr
    assert not list(tmp_path.glob("card.img*"))
    assert image.exists()


def test_a_system_does_not_become_smaller(image: Path, tmp_path: Path) -> None:
    done = card(image, tmp_path / "card.img", 8, 16)
    assert done.returncode == 1
    assert "has 24 MiB already; give 24 or more" in done.stderr


def test_an_image_that_was_cut_is_refused(image: Path, tmp_path: Path) -> None:
    """What ran out of disk while it was unpacked; the checksum is of the packed file."""
    cut = tmp_path / "cut.img"
    cut.write_bytes(image.read_bytes()[:-MIB])
    done = card(cut, tmp_path / "card.img", 64, 16)
    assert done.returncode == 1
    assert "is cut short" in done.stderr
    assert not list(tmp_path.glob("card.img*"))
