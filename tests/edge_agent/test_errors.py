"""No error of the device is raised in English alone but those whose reason alone is English."""

import ast
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge_agent import errors
from edge_agent.errors import DeskError, EdgeError, PerceptionError, Refusal, SensorError, VisitStateError
from tests.selftest.chinese import chinese_in, remedies_in
from visit_record.errors import CodeError, InvalidCodeError

ROOT = Path(__file__).parent.parent.parent
# What they are is said in Chinese, why in English alone, and what is done about that.
ENGLISH_ALONE: dict[type[EdgeError], str] = {
    DeskError: "the screen has words of its own for each refusal",
    PerceptionError: "that a sense failed is said in Chinese; why is a library's, and of the log",
    VisitStateError: "the desk refuses before, in words of the screen; else a replay's own script is wrong, and named",
}


def kinds(of: type[EdgeError] = EdgeError) -> Iterator[type[EdgeError]]:
    for kind in of.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield kind
        yield from kinds(kind)


@pytest.mark.parametrize(
    "kind", [InvalidCodeError, *(kind for kind in kinds() if not issubclass(kind, tuple(ENGLISH_ALONE)))]
)
def test_an_error_that_people_meet_cannot_be_made_without_its_chinese(kind: Callable[..., EdgeError]) -> None:
    with pytest.raises(TypeError, match="zh"):
        kind("it broke")
    assert kind("it broke", "坏了").told == "坏了 · it broke"


@pytest.mark.parametrize(
    "error", [SensorError("it broke", "坏了"), PerceptionError("it broke"), DeskError(Refusal.CLOSED, "it broke")]
)
def test_an_error_is_the_same_to_another_process(error: EdgeError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.said, str(again)) == (type(error), error.said, str(error))


def given() -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """What stands in the sources as the English and the Chinese of an error, and where."""
    named = {kind.__name__ for kind in kinds()} - {kind.__name__ for kind in ENGLISH_ALONE}
    named |= {kind.__name__ for kind in CodeError.__subclasses__()}
    for room in ("edge_agent", "sim", "models", "visit_record"):
        for source in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(source.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in named:
                    yield f"{source.relative_to(ROOT)}:{node.lineno}", node.args[0], node.args[1]


def test_what_is_given_as_chinese_is_chinese() -> None:
    texts = {place: said for place, _, said in given() if isinstance(said, ast.Constant | ast.JoinedStr)}
    assert len(texts) > 120
    assert [place for place, said in texts.items() if not any(chinese_in(ast.unparse(said))) and not _says(said)] == []


def _text(said: ast.expr) -> str:
    """As it stands in the source, with a dot for each value."""
    parts = said.values if isinstance(said, ast.JoinedStr) else [said]
    return "".join(str(one.value) if isinstance(one, ast.Constant) else "·" for one in parts)


def test_what_one_reader_is_told_to_do_the_other_is_told_too() -> None:
    lacking = {
        place: remedies_in(_text(zh))
        for place, en, zh in given()
        if remedies_in(_text(zh)) and not _says(en) and not remedies_in(_text(en))
    }
    assert lacking == {}


def _says(said: ast.expr) -> bool:
    """Whether it holds what was said elsewhere, as by another error."""
    return any(
        isinstance(one, ast.Call) or (isinstance(one, ast.Attribute) and one.attr == "zh") for one in ast.walk(said)
    )
