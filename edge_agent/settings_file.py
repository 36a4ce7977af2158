"""The settings file of one device, read. Its paths are relative to it."""

from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfoNotFoundError

from edge_agent.errors import SettingsError
from edge_agent.settings import Settings
from edge_agent.toml_file import read_toml
from visit_record.bilingual import Words

_BED: Final = Words(
    "[bed] 应在画面之内：row0 小于 row1，col0 小于 col1，都在 0 至 1 之间",
    "[bed] must lie inside the picture: row0 less than row1, col0 less than col1, all of 0 to 1",
)
_THERMAL_VIEW: Final = Words(
    "[thermal_view] 应有面积：row0 小于 row1，col0 小于 col1",
    "[thermal_view] must have an area: row0 less than row1, col0 less than col1",
)
_ZONE: Final = Words(
    '[kiosk] zone 应为时区名称，如 "Asia/Shanghai"', '[kiosk] zone must be the name of a time zone, as "Asia/Shanghai"'
)


def read_settings(path: Path) -> Settings:
    """Read the settings file.

    Raises:
        SettingsError: missing, no TOML, a name that is not known, or a value out of its bounds.
    """
    settings = read_toml(path, Settings)
    for must, read in (
        (_BED, lambda: settings.bed_area),
        (_THERMAL_VIEW, lambda: settings.array_view),
        (_ZONE, lambda: settings.kiosk.clock_zone),
    ):
        try:
            read()
        # A folder of the time zone database is opened like a zone, and is none.
        except (ValueError, ZoneInfoNotFoundError, OSError) as cause:
            raise SettingsError(f"{path}: {must.en}", f"{path}：{must.zh}") from cause
    return settings
