"""How a command fails: one clear line on standard error, Chinese first, and exit status 1, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from typer.core import TyperGroup

from ingest_server.errors import ServerError
from visit_record.bilingual import BilingualError
from visit_record.errors import CatalogueError, CodeError, KeyFileError, RefusedError

# What this house raises on purpose, and what the operating system says of files, ports and disks.
EXPECTED = (ServerError, KeyFileError, CatalogueError, RefusedError, CodeError, OSError)
# Of those that are not this server's own.
_ZH = {
    KeyFileError: "密钥文件不可用",
    CatalogueError: "服务项目表不被接受",
    RefusedError: "记录不被接受",
    OSError: "系统拒绝了操作",
}


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn an expected failure into its line and exit status 1; what nobody expected keeps its traceback."""
    try:
        yield
    except EXPECTED as failure:
        typer.echo(f"错误 error: {_chinese_first(failure)}", err=True)
        raise SystemExit(1) from failure


class PlainGroup(TyperGroup):
    """A group of commands that all fail so: ``typer.Typer(cls=PlainGroup)``."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # typer's context is click's
        """Run the command that was asked for."""
        with told_plainly():
            return super().invoke(ctx)


def _chinese_first(failure: Exception) -> str:
    if isinstance(failure, BilingualError):
        return " ".join(failure.told.split())
    said = _one_line(failure)
    # Said in both languages already; a name alone may be Chinese too.
    if "\u4e00" <= said[0] <= "\u9fff" and " · " in said:
        return said
    zh = (
        failure.zh if isinstance(failure, ServerError) else next(_ZH[kind] for kind in _ZH if isinstance(failure, kind))
    )
    return f"{zh} · {said}"


def _one_line(failure: Exception) -> str:
    return " ".join(str(failure).split()) or type(failure).__name__
