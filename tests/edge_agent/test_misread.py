"""Settings or orders that cannot be read name the section and the key, and say what may stand there."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from edge_agent.day_orders import read_orders
from edge_agent.errors import SettingsError
from edge_agent.replay import read_visit
from edge_agent.settings_file import read_settings
from tests.selftest.chinese import chinese_in, english_in, prose_in

HEAD = 'folder = "device"\nmodels = "registry.toml"\n'
ORDERED = """order = "one"
planned_start = 2026-01-05T09:00:00+08:00
planned_duration_s = 3600
items = []
"""
ORDER = f"""[[order]]
caregiver = "ann"
recipient = "bo"
{ORDERED}"""
VISIT = """started_at = 2026-01-05T09:00:00+08:00
caregiver = "ann"
recipient = "bo"
"""
READ: Mapping[str, Callable[[Path], object]] = {
    "settings": read_settings,
    "orders": read_orders,
    "visit": read_visit,
}
WRONG: Mapping[str, tuple[str, str, str, str]] = {
    "one bracket where two must be": (
        "orders",
        ORDER.replace("[[order]]", "[order]"),
        "order 写法有误：应为 [[order]]，双方括号，每个一段",
        "order must be written [[order]], in two brackets, once for each",
    ),
    "a name that is not known": (
        "settings",
        f"{HEAD}[camera]\nsauce = 1\n",
        "[camera] 没有 sauce 这一项；可以有 source",
        "[camera] has no sauce; it may have source",
    ),
    "a section that is not known": (
        "settings",
        f"{HEAD}[order]\nx = 1\n",
        "没有 order 这一项；可以有 folder, models",
        "has no order; it may have folder, models",
    ),
    "a name that is missing": (
        "orders",
        ORDER.replace('recipient = "bo"\n', ""),
        "第 1 个 [[order]] 缺少 recipient",
        "[[order]] number 1 lacks recipient",
    ),
    "the second of two": (
        "orders",
        ORDER + ORDER.replace("3600", '"long"').replace("one", "two"),
        "第 2 个 [[order]] planned_duration_s 应为数，大于 0，不大于 86400",
        "[[order]] number 2 planned_duration_s must be a number, more than 0 and at most 86400",
    ),
    "a number out of its bounds": (
        "settings",
        f"{HEAD}[metrics]\nport = 0\n",
        "[metrics] port 应为整数，不小于 1，不大于 65535",
        "[metrics] port must be a whole number, at least 1 and at most 65535",
    ),
    "a word that is none of those": (
        "settings",
        f'{HEAD}[thermal]\nchip = "x"\n',
        '[thermal] chip 应为其中之一："mlx90640", "amg8833"',
        '[thermal] chip must be one of "mlx90640", "amg8833"',
    ),
    "a number for a text": (
        "settings",
        f"{HEAD}[broker]\nurl = 1\n",
        "[broker] url 应为引号里的文字",
        "[broker] url must be text in quotes",
    ),
    "a text for a switch": (
        "settings",
        f'{HEAD}[kiosk]\nmirror = "yes"\n',
        "[kiosk] mirror 应为 true 或 false，不加引号",
        "[kiosk] mirror must be true or false",
    ),
    "a value for a section": (
        "settings",
        f"camera = 1\n{HEAD}",
        "camera 写法有误：应写成 [camera]，单方括号，只写一次",
        "camera must be written [camera], in single brackets, once",
    ),
    "two brackets where one must be": (
        "settings",
        f'{HEAD}[[camera]]\nsource = "0"\n',
        "camera 写法有误：应写成 [camera]，单方括号，只写一次",
        "camera must be written [camera], in single brackets, once",
    ),
    "a list for a section": (
        "settings",
        f"camera = []\n{HEAD}",
        "camera 写法有误：应写成 [camera]，单方括号，只写一次",
        "camera must be written [camera], in single brackets, once",
    ),
    "texts where sections must be": (
        "orders",
        'order = ["a"]\n',
        "order 写法有误：应为 [[order]]，双方括号，每个一段",
        "order must be written [[order]], in two brackets, once for each",
    ),
    "a number for a path": (
        "settings",
        'folder = 1\nmodels = "x"\n',
        "folder 应为引号里的路径",
        "folder must be a path in quotes",
    ),
    "a text for a time": (
        "orders",
        ORDER.replace("2026-01-05T09:00:00+08:00", '"nine"'),
        "第 1 个 [[order]] planned_start 应为带时差的时间",
        "[[order]] number 1 planned_start must be a time with its offset",
    ),
    "a time without its offset": (
        "orders",
        ORDER.replace("+08:00", ""),
        "第 1 个 [[order]] planned_start 应为带时差的时间，不加引号，如 2026-01-05T09:00:00+08:00",
        "[[order]] number 1 planned_start must be a time with its offset",
    ),
    "a replayed order's time without its offset": (
        "visit",
        f"{VISIT}[order]\n" + ORDERED.replace("+08:00", ""),
        "[order] planned_start 应为带时差的时间",
        "[order] planned_start must be a time with its offset",
    ),
    "a replayed visit's time without its offset": (
        "visit",
        VISIT.replace("+08:00", ""),
        "started_at 应为带时差的时间",
        "started_at must be a time with its offset",
    ),
    "an id with a blank": (
        "orders",
        ORDER.replace('"one"', '"o n e"'),
        "第 1 个 [[order]] order 应为引号里的文字，符合 ^",
        "[[order]] number 1 order must be text in quotes that",
    ),
    "a list that is none": (
        "orders",
        ORDER.replace("[]", '"bath"'),
        '第 1 个 [[order]] items 应为方括号里的一列，如 ["a", "b"]，至多 64 项',
        '[[order]] number 1 items must be a list in brackets, as ["a", "b"], of 64 at most',
    ),
    "a list of what is chosen from, that is none": (
        "settings",
        f"{HEAD}[checks]\nasks = 1\n",
        '[checks] asks 应为方括号里的一列，如 ["turn_left", "turn_right"]',
        '[checks] asks must be a list in brackets, as ["turn_left", "turn_right"]',
    ),
    "a number beyond what any clock reaches": (
        "settings",
        f"{HEAD}[visit]\nkept_every_s = inf\n",
        "[visit] kept_every_s 应为数，大于 0，不大于 1000000000",
        "[visit] kept_every_s must be a number, more than 0 and at most 1000000000",
    ),
    "an item that is no id": (
        "orders",
        ORDER.replace("[]", "[1]"),
        "第 1 个 [[order]] items 应为引号里的文字",
        "[[order]] number 1 items must be text in quotes",
    ),
    "a time of another century": (
        "orders",
        ORDER.replace("2026", "1926"),
        "第 1 个 [[order]] 的值不合要求，详情见英文",
        "$.order[0]",
    ),
    "health too seldom": (
        "settings",
        f'{HEAD}[broker]\nurl = "mqtt://x"\nhealth_every_s = 7200\n',
        "[broker] health_every_s 应为数，大于 0，不大于 600",
        "[broker] health_every_s must be a number, more than 0 and at most 600",
    ),
    "a bed outside": (
        "settings",
        f"{HEAD}[bed]\nrow0 = 0.9\ncol0 = 0\nrow1 = 0.1\ncol1 = 1\n",
        "[bed] 应在画面之内",
        "[bed] must lie inside the picture",
    ),
    "a view without area": (
        "settings",
        f"{HEAD}[thermal_view]\nrow0 = 1\ncol0 = 0\nrow1 = 0\ncol1 = 1\n",
        "[thermal_view] 应有面积",
        "[thermal_view] must have an area",
    ),
    "a zone that is none": (
        "settings",
        f'{HEAD}[kiosk]\nzone = "Mars/Olympus"\n',
        "[kiosk] zone 应为时区名称",
        "[kiosk] zone must be the name of a time zone",
    ),
    "a zone that is a folder of zones": (
        "settings",
        f'{HEAD}[kiosk]\nzone = "Asia"\n',
        "[kiosk] zone 应为时区名称",
        "[kiosk] zone must be the name of a time zone",
    ),
    "no TOML": ("settings", "x = 1\n[camera\n", "第 2 行第 8 列不合 TOML 写法", "line 2, column 8"),
    "cut short": ("settings", "folder", "到结尾处不合 TOML 写法", "end of document"),
    "a number of too many digits": ("settings", f"x = {'9' * 5000}\n", "settings.toml 不合 TOML 写法", "4300"),
    "nothing": ("orders", "", "是空的；没有工单时写 order = []", "order = []"),
    "one order twice": ("orders", ORDER + ORDER, "工单 one 写了两次", "the order one stands twice"),
    "an item of no catalogue": (
        "orders",
        ORDER.replace("[]", '["flying"]'),
        "工单 one 的服务项目 flying 不在目录中",
        "not in the catalogue",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_with_its_section_and_what_may_stand_there(tmp_path: Path, case: str) -> None:
    which, content, zh, en = WRONG[case]
    (tmp_path / f"{which}.toml").write_text(content, "utf-8")
    with pytest.raises(SettingsError) as refused:
        READ[which](tmp_path / f"{which}.toml")
    said = refused.value.said
    assert zh in said.zh
    assert en in said.en
    assert f"{which}.toml" in said.zh
    assert (english_in(said.zh), prose_in(said.zh)) == ([], [])
    assert any(chinese_in(said.zh))


REPEATED: Mapping[str, tuple[str, str]] = {
    "where the home lies": ("131.234567", "[site]\nlatitude_deg = 131.234567\nlongitude_deg = 1\n"),
    "a word that is none of those": ("Elm Street", '[thermal]\nchip = "Elm Street"\n'),
    "a zone that is none": ("Elm_Street", '[kiosk]\nzone = "Elm_Street"\n'),
    "a bed outside": ("0.7531", "[bed]\nrow0 = 0.7531\ncol0 = 0\nrow1 = 0.1\ncol1 = 1\n"),
    "health too seldom": ("7531", '[broker]\nurl = "mqtt://x"\nhealth_every_s = 7531\n'),
}


@pytest.mark.parametrize("case", REPEATED)
def test_a_value_that_may_not_stand_there_is_repeated_in_neither_language(tmp_path: Path, case: str) -> None:
    value, section = REPEATED[case]
    (tmp_path / "settings.toml").write_text(f"{HEAD}{section}", "utf-8")
    with pytest.raises(SettingsError) as refused:
        read_settings(tmp_path / "settings.toml")
    assert value not in refused.value.said.both


def test_a_file_that_is_no_text_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError) as refused:
        read_settings(tmp_path / "settings.toml")
    assert refused.value.said.zh.endswith("settings.toml 不是 UTF-8 文本")
