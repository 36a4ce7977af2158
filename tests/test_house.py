"""The house's arrows: who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {"visit_record", "edge_agent", "ingest_server", "models", "sim", "tests", "bench"}
MAY_IMPORT = {
    "visit_record": {"visit_record"},
    "edge_agent": {"edge_agent", "visit_record"},
    "ingest_server": {"ingest_server", "visit_record"},
    "sim": {"sim", "visit_record", "edge_agent"},
    "models": {"models", "sim", "visit_record", "edge_agent"},
}


def imported_rooms(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: imports are absolute in this house"
            names = [node.module or ""]
        yield from (name.split(".")[0] for name in names)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_import_only_along_the_arrows(room: str) -> None:
    for source in (ROOT / room).rglob("*.py"):
        wrong = set(imported_rooms(source)) & ROOMS - MAY_IMPORT[room]
        assert not wrong, f"{source.relative_to(ROOT)} imports {wrong}"


def test_torch_is_for_training_scripts_alone() -> None:
    for room in MAY_IMPORT:
        for source in (ROOT / room).rglob("*.py"):
            if not (room == "models" and source.name == "train.py"):
                assert "torch" not in set(imported_rooms(source)), source
