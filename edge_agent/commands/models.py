"""``edge-agent models``: which models this device uses, and whether they are the registry's."""

from collections.abc import Iterator

import typer

from edge_agent.commands.options import INSTALLED_REGISTRY, AsJson, Registry
from edge_agent.commands.report import Line, report

COLUMNS = {"role": "用途 Role", "file": "文件 File", "sha256": "SHA-256", "licence": "许可 Licence"}


def group() -> typer.Typer:
    """The command group."""
    models = typer.Typer(help="模型 / models", no_args_is_help=True)
    models.command("list")(list_models)
    models.command("verify")(verify)
    return models


def list_models(registry: Registry = INSTALLED_REGISTRY, as_json: AsJson = False) -> None:
    """列出登记的模型 / List the registered models."""
    from edge_agent.perception.model_store import ModelStore

    entries = ModelStore.open(registry).entries
    report(sorted(entries), lambda role: [_line(role, entries[role])], COLUMNS, as_json=as_json, named="role")


def verify(registry: Registry = INSTALLED_REGISTRY, as_json: AsJson = False) -> None:
    """核对每个模型文件 / Check every model file against the registry's hash."""
    from edge_agent.perception.model_store import ModelStore

    store = ModelStore.open(registry)

    def check(role: str) -> Iterator[Line]:
        store.read(role)
        yield _line(role, store.entries[role])

    report(sorted(store.entries), check, COLUMNS, as_json=as_json, named="role")


def _line(role: str, entry: object) -> Line:
    return {"role": role} | {key: getattr(entry, key) for key in ("file", "sha256", "licence")}
