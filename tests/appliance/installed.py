"""What carewitness-install puts where, done for real below a folder."""

import subprocess
from pathlib import Path

from tests.appliance.brokers import CONFIG


def installed(root: Path) -> Path:
    """The root of a system with every file of the appliance."""
    card = root / "card"
    card.mkdir(parents=True)
    (card / "release.jwk.json").write_text("{}")
    (card / "firmware_config").symlink_to(CONFIG)
    install(root, card)
    return root


def install(root: Path, card: Path) -> None:
    script = CONFIG / "bin" / "carewitness-install"
    done = subprocess.run([str(script), "--root", str(root), str(card)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
