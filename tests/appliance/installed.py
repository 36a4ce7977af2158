"""What carewitness-install puts where, done for real below a folder."""

import subprocess
from pathlib import Path

from tests.appliance.brokers import CONFIG

SITE = "DEVICE=device-1\nAGENCY=agency-a\nBROKER_HOST=broker.example.org\n"


def installed(root: Path) -> Path:
    """The root of a system with every file of the appliance."""
    card = root / "card"
    card.mkdir(parents=True)
    (card / "release.jwk.json").write_text("{}")
    (card / "site.env").write_text(SITE)
    (card / "firmware_config").symlink_to(CONFIG)
    done = install(root, card)
    assert done.returncode == 0, done.stderr
    return root


def install(root: Path, card: Path) -> subprocess.CompletedProcess[str]:
    script = CONFIG / "bin" / "carewitness-install"
    return subprocess.run([str(script), "--root", str(root), str(card)], capture_output=True, text=True, check=False)
