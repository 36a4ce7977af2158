"""Threads that are the first to read a type, all at once."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from visit_record.first_use import known
from visit_record.receipts import Receipt

ROOT = Path(__file__).parent.parent.parent
READS = re.compile(r"^msgspec\.(json\.decode|msgpack\.decode|convert)\(")
# In a process of its own, as what this is about ends the process. Every type is new to msgspec.
FIRST_READERS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import msgspec

from visit_record.first_use import known

sys.setswitchinterval(1e-6)
together = Barrier(4)


def read(kind):
    together.wait()
    return msgspec.convert({name: None for name in kind.__struct_fields__}, known(kind))


with ThreadPoolExecutor(4) as pool:
    for nth in range(200):
        part = msgspec.defstruct(f"Part{nth}", [(f"of_{name}", int | None) for name in "abcdefgh"])
        whole = msgspec.defstruct(f"Whole{nth}", [(name, part | None) for name in "abcdefgh"])
        assert all(isinstance(one, whole) for one in pool.map(read, [whole] * 4))
"""


def test_threads_that_read_a_type_first_and_at_once_do_not_end_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_READERS], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")


def read_by_many_threads() -> Iterator[Path]:
    """The server's own files; what migrates and what a command reads has one thread."""
    for file in sorted((ROOT / "ingest_server").rglob("*.py")):
        if not {"migrations", "commands"} & set(file.parts):
            yield file


def structs_read_in(file: Path) -> Iterator[str]:
    """What msgspec is told to read as, where that is a type's own name."""
    for call in ast.walk(ast.parse(file.read_text("utf-8"))):
        if (
            isinstance(call, ast.Call)
            and ast.unparse(call.func).startswith("msgspec.")
            and READS.search(ast.unparse(call))
        ):
            told = next((word.value for word in call.keywords if word.arg == "type"), call.args[-1])
            if re.search(r"\b[A-Z]", ast.unparse(told)) and not ast.unparse(told).startswith("known("):
                yield f"{file.relative_to(ROOT)}:{call.lineno}: {ast.unparse(told)}"


def test_server_asks_for_every_type_that_it_reads_as_one_that_any_thread_may_read_first() -> None:
    assert [found for file in read_by_many_threads() for found in structs_read_in(file)] == []


def test_type_that_cannot_be_read_is_told_at_once() -> None:
    class Unreadable(msgspec.Struct):
        either: Receipt | list[int] | set[int]

    with pytest.raises(TypeError, match="more than one"):
        known(Unreadable)
