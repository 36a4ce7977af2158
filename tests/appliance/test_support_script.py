"""The installer's word for a support bundle: as the agent's user, who may read the journal for this once."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.appliance.brokers import CONFIG
from tests.edge_agent.full_disk import small_disk

# runuser -u USER … -- PROGRAM WORDS…: writes down how it is called, and writes the bundle as the program would.
# It reads as that user may: never by a link to what is root's.
RUNUSER = """#!/bin/bash
echo "$*" >> {called}
until [ "$1" = -- ]; do shift; done
if [ "$2" = cat ]; then
    [ ! -L "$3" ] || {{ echo "cat: $3: Permission denied" >&2; exit 1; }}
    exec cat "$3"
fi
until [ "$1" = --out ]; do shift; done
{writes} "$2"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for folder in (root / "etc/carewitness", root / "bin", tmp_path / "stick"):
        folder.mkdir(parents=True)
    (root / "etc/carewitness/appliance.env").write_text("CAREWITNESS_RELEASES=/var/lib/carewitness/releases\n")
    return root


def support(root: Path, writes: str) -> subprocess.CompletedProcess[str]:
    folder = root.parent
    (root / "bin/runuser").write_text(RUNUSER.format(called=folder / "called", writes=writes))
    (root / "bin/runuser").chmod(0o755)
    command = ["bash", str(CONFIG / "bin" / "carewitness-support"), "--root", str(root), str(folder / "stick")]
    environment = {**os.environ, "PATH": f"{root}/bin:{os.environ['PATH']}", "TMPDIR": str(folder)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_bundle_is_made_by_the_agent_s_user_with_the_journal_s_group_and_brought_where_it_is_wanted(
    root: Path, tmp_path: Path
) -> None:
    done = support(root, "echo bundle >")
    (bundle,) = (tmp_path / "stick").iterdir()
    assert done.stdout == f"{bundle}\n"
    assert bundle.read_text() == "bundle\n"
    made, read = (tmp_path / "called").read_text().replace(str(root), "").splitlines()
    called = made.split(" --out ")[0]
    agent = "/var/lib/carewitness/releases/current/venv/bin/edge-agent support"
    user = "-u carewitness -g carewitness -G systemd-journal"
    assert called == f"{user} -- {agent} --settings /var/lib/carewitness/settings.toml"
    assert read == f"-u carewitness -- cat {made.split(' --out ')[1]}"
    assert {one.name for one in tmp_path.iterdir()} == {"root", "stick", "called"}, "nothing is left behind"


def test_a_link_in_the_bundle_s_place_brings_nothing_of_root_s_onto_the_stick(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "shadow"
    secret.write_text("root:secret")
    done = support(root, f"ln -s {secret}")
    assert done.returncode == 1
    assert list((tmp_path / "stick").iterdir()) == []
    assert {one.name for one in tmp_path.iterdir()} == {"root", "stick", "called", "shadow"}, "nothing is left behind"


def test_on_a_stick_that_is_full_nothing_is_left_and_it_is_told(root: Path, tmp_path: Path) -> None:
    (tmp_path / "stick").rmdir()
    with small_disk(tmp_path / "stick", 64) as stick:
        done = support(root, "head -c 200000 /dev/zero >")
        assert (done.returncode, done.stdout) == (1, "")
        assert list(stick.iterdir()) == []
    assert "写不进（满了或写保护），没有留下任何文件" in done.stderr
    assert {one.name for one in tmp_path.iterdir()} == {"root", "stick", "called"}, "nothing is left behind"
