"""The installer's word for a support bundle: as the agent's user, who may read the journal for this once."""

import os
import subprocess
from pathlib import Path

from tests.appliance.brokers import CONFIG

# runuser -u USER … -- PROGRAM WORDS…: writes down how it is called, and writes the bundle as the program would.
RUNUSER = """#!/bin/bash
echo "$*" > {called}
until [ "$1" = --out ]; do shift; done
echo bundle > "$2"
"""


def test_the_bundle_is_made_by_the_agent_s_user_with_the_journal_s_group_and_brought_where_it_is_wanted(
    tmp_path: Path,
) -> None:
    root, stick = tmp_path / "root", tmp_path / "stick"
    for folder in (root / "etc/carewitness", root / "bin", stick):
        folder.mkdir(parents=True)
    (root / "etc/carewitness/appliance.env").write_text("CAREWITNESS_RELEASES=/var/lib/carewitness/releases\n")
    (root / "bin/runuser").write_text(RUNUSER.format(called=tmp_path / "called"))
    (root / "bin/runuser").chmod(0o755)
    command = ["bash", str(CONFIG / "bin" / "carewitness-support"), "--root", str(root), str(stick)]
    environment = {**os.environ, "PATH": f"{root}/bin:{os.environ['PATH']}", "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    (bundle,) = stick.iterdir()
    assert done.stdout == f"{bundle}\n"
    assert bundle.read_text() == "bundle\n"
    called = (tmp_path / "called").read_text().replace(str(root), "").split(" --out ")[0]
    agent = "/var/lib/carewitness/releases/current/venv/bin/edge-agent support"
    user = "-u carewitness -g carewitness -G systemd-journal"
    assert called == f"{user} -- {agent} --settings /var/lib/carewitness/settings.toml"
    assert {one.name for one in tmp_path.iterdir()} == {"root", "stick", "called"}, "nothing is left behind"
