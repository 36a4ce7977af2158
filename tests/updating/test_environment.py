"""Which release runs, as a program of its environment tells it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.bootstrap.program import software_version
from edge_agent.updating.environment import environment_of, release_of
from edge_agent.updating.shelf import MANIFEST, Link, Shelf

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A shelf whose current release is ``7-1.2.0``, with an environment of this Python."""
    shelf = Shelf(tmp_path)
    folder = shelf.folder("7-1.2.0")
    folder.mkdir()
    (folder / MANIFEST).touch()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment_of(folder))], check=True)
    shelf.point(Link.CURRENT, folder.name)
    return shelf


def test_a_record_names_the_release_that_a_program_runs_from(shelf: Shelf) -> None:
    python = environment_of(shelf.root / Link.CURRENT) / "bin" / "python"
    places = [str(ROOT), *(place for place in sys.path if place.endswith("site-packages"))]
    said = subprocess.run(
        [str(python), "-c", "from edge_agent.bootstrap.program import software_version as said; print(said())"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "7-1.2.0"


def test_what_no_manifest_vouches_for_is_no_release(shelf: Shelf) -> None:
    (shelf.folder("7-1.2.0") / MANIFEST).unlink()
    assert release_of(environment_of(shelf.root / Link.CURRENT)) is None


def test_a_program_outside_of_releases_tells_its_package_s_version() -> None:
    assert release_of(Path(sys.prefix)) is None
    assert software_version()[0].isdigit()
    assert "-" not in software_version()
