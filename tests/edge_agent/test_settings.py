import re
from pathlib import Path

import msgspec
import pytest

from edge_agent.errors import SettingsError
from edge_agent.perception.bed import BedArea
from edge_agent.section import Section
from edge_agent.sensor_settings import (
    CameraSettings,
    MicrophoneSettings,
    PositionSettings,
    SupervisionSettings,
    TamperSettings,
    ThermalSettings,
)
from edge_agent.settings_file import read_settings
from visit_record.health import LONGEST_PAUSE_S

WHOLE = """
folder = "device"
models = "../models/registry.toml"
[site]
latitude_deg = 31.23
longitude_deg = 121.47
[bed]
row0 = 0.5
col0 = 0.1
row1 = 1.0
col1 = 0.6
[broker]
url = "mqtt://127.0.0.1:1883"
[checks]
check_in_s = 8
"""

WRONG: dict[str, str] = {
    "not TOML": "folder = ",
    "nothing": "",
    "a misspelt name": WHOLE.replace("latitude_deg", "lattitude_deg"),
    "an unknown section": WHOLE + "[speed]\nlimit = 1\n",
    "a place off the earth": WHOLE.replace("31.23", "131.23"),
    "a number as text": WHOLE.replace("31.23", '"31.23"'),
    "a number as folder": WHOLE.replace('"device"', "3"),
    "a bed upside down": WHOLE.replace("row1 = 1.0", "row1 = 0.2"),
    "health told too seldom": WHOLE.replace(':1883"', ':1883"\nhealth_every_s = 601'),
    "a check of no time": WHOLE.replace("check_in_s = 8", "check_in_s = 0"),
}


def written(folder: Path, content: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(content, "utf-8")
    return path


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, WHOLE))
    assert settings.folder == tmp_path / "device"
    assert settings.outbox == tmp_path / "device" / "outbox.db"
    assert settings.bed_area == BedArea(0.5, 0.1, 1.0, 0.6)
    assert settings.checks.check_in_s == 8


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_one_clear_line_that_names_it(tmp_path: Path, case: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(written(tmp_path, WRONG[case]))
    assert "settings.toml" in str(error.value)
    assert "\n" not in str(error.value)


def test_health_that_would_be_told_too_seldom_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"health_every_s must be .* at most 600"):
        read_settings(written(tmp_path, WHOLE.replace(':1883"', ':1883"\nhealth_every_s = 7200')))
    broker = read_settings(written(tmp_path, WHOLE.replace(':1883"', ':1883"\nhealth_every_s = 600'))).broker
    assert broker is not None
    assert broker.health_every_s == LONGEST_PAUSE_S


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read"):
        read_settings(tmp_path / "absent.toml")


SECTIONS: dict[str, type[Section]] = {
    "camera": CameraSettings,
    "microphone": MicrophoneSettings,
    "thermal": ThermalSettings,
    "position": PositionSettings,
    "tamper": TamperSettings,
    "supervision": SupervisionSettings,
}


def documented() -> dict[str, set[str]]:
    """Settings by section, as the first two columns of the document's table have them."""
    document = (Path(__file__).parent.parent.parent / "docs" / "sensors.md").read_text("utf-8")
    rows = [row.split("|")[1:3] for row in document.splitlines() if row.startswith(("| `[", "| | `"))]
    found, section = dict[str, set[str]](), ""
    for named, settings in rows:
        section = named.strip(" `[]") or section
        found.setdefault(section, set()).update(re.findall(r"`(\w+)`", settings))
    return found


def test_every_setting_of_what_is_fitted_is_in_the_document() -> None:
    assert documented() == {
        name: {field.name for field in msgspec.structs.fields(section)} for name, section in SECTIONS.items()
    }
