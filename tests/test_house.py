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
# What judges the weigher, and what fits its weights, call its pure parts and say its words, and name a calibration as
# its commands do; a record reaches nothing else of the server.
WEIGHS = ("sim/benchmark", "models/weighing")
PURE_PARTS = (
    "ingest_server.scoring",
    "ingest_server.rules",
    "ingest_server.authenticity",
    "ingest_server.words",
    "ingest_server.errors",
)
MAY_CALL = (*PURE_PARTS, "ingest_server.named")


def imported_modules(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: imports are absolute in this house"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_rooms(source: Path) -> Iterator[str]:
    yield from (name.split(".")[0] for name in imported_modules(source))


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_import_only_along_the_arrows(room: str) -> None:
    for source in (ROOT / room).rglob("*.py"):
        weighs = source.relative_to(ROOT).as_posix().startswith(WEIGHS)
        names = {name for name in imported_modules(source) if not (weighs and name.startswith(MAY_CALL))}
        wrong = {name.split(".")[0] for name in names} & ROOMS - MAY_IMPORT[room]
        assert not wrong, f"{source.relative_to(ROOT)} imports {wrong}"


# What takes values and returns values, or a file; and the rooms of tables, sockets and requests, which call it.
PURE_ROOMS = {
    "authenticity", "cases", "charts", "edits", "evv", "exports", "fleet", "ledger", "queries", "rules", "scoring",
    "words",
}  # fmt: skip
RIM = {"store", "intake", "web", "commands"}


@pytest.mark.parametrize("room", sorted(PURE_ROOMS))
def test_pure_rooms_of_the_server_import_nothing_of_its_rim(room: str) -> None:
    rim = tuple(f"ingest_server.{outer}" for outer in RIM)
    for source in (ROOT / "ingest_server" / room).rglob("*.py"):
        wrong = {name for name in imported_modules(source) if name.startswith(rim)}
        assert not wrong, f"{source.relative_to(ROOT)} imports {wrong}"


def test_every_room_of_the_server_is_pure_or_of_its_rim() -> None:
    rooms = {inner.parent.name for inner in (ROOT / "ingest_server").glob("*/__init__.py")}
    assert rooms == PURE_ROOMS | RIM


def test_no_room_but_the_store_speaks_to_the_databases_library() -> None:
    for source in (ROOT / "ingest_server").rglob("*.py"):
        if (ROOT / "ingest_server" / "store") not in source.parents:
            # A transaction is handed from room to room; what fails in it comes out as the store's own error.
            of_library = {name for name in imported_modules(source) if name.partition(".")[0] == "sqlalchemy"}
            assert of_library <= {"sqlalchemy", "sqlalchemy.Connection"}, source.relative_to(ROOT)


def test_only_the_command_line_stands_on_the_servers_commands() -> None:
    server = ROOT / "ingest_server"
    for source in server.rglob("*.py"):
        if server / "commands" not in source.parents and source != server / "cli.py":
            above = {name for name in imported_modules(source) if name.startswith("ingest_server.commands")}
            assert not above, source.relative_to(ROOT)


def test_pages_and_programs_share_what_stands_by_itself_and_not_in_a_module_of_routes() -> None:
    for source in (ROOT / "ingest_server" / "web").glob("*.py"):
        wrong = {name for name in imported_modules(source) if name.startswith("ingest_server.web.api")}
        assert not wrong or source.name == "app.py", f"{source.relative_to(ROOT)} imports {wrong}"


# What trains a model, and what feeds and shapes it while it trains.
TRAINING = {"train.py", "batches.py", "net.py"}


def test_torch_is_for_training_alone() -> None:
    for room in MAY_IMPORT:
        for source in (ROOT / room).rglob("*.py"):
            if not (room == "models" and source.name in TRAINING):
                assert "torch" not in set(imported_rooms(source)), source


DOOR = ROOT / "edge_agent" / "perception" / "inference.py"


def loaded(source: Path) -> Iterator[str]:
    """Whose modules a module loads, and not for its types alone."""
    tree = ast.parse(source.read_text("utf-8"))
    for_types = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    unloaded = {id(inner) for node in for_types for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in unloaded:
            match node:
                case ast.Import():
                    yield from (alias.name.partition(".")[0] for alias in node.names)
                case ast.ImportFrom():
                    yield (node.module or "").partition(".")[0]


def test_what_runs_models_is_loaded_by_the_one_door_that_keeps_it_from_telling_its_maker() -> None:
    for room in ROOMS:
        for source in (ROOT / room).rglob("*.py"):
            assert source == DOOR or "onnxruntime" not in set(loaded(source)), source


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ("import onnxruntime as ort", True),
        ("import onnxruntime.capi.onnxruntime_pybind11_state", True),
        ("from onnxruntime import InferenceSession", True),
        ("def later():\n    from onnxruntime.capi import training", True),
        ("if TYPE_CHECKING:\n    from onnxruntime import InferenceSession", False),
        ("from edge_agent.perception.inference import session_of", False),
    ],
)
def test_no_spelling_of_an_import_goes_past_the_one_door(text: str, loads: bool, tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text(text, "utf-8")
    assert ("onnxruntime" in set(loaded(source))) == loads


def test_nothing_but_training_imports_what_trains() -> None:
    training = {
        f"models.{path.parent.name}.{path.stem}" for path in (ROOT / "models").rglob("*.py") if path.name in TRAINING
    }
    for room in ROOMS:
        for source in (ROOT / room).rglob("*.py"):
            if source.name not in TRAINING:
                assert not training & set(imported_modules(source)), source
