"""``edge-agent models``: which models this device uses, whether they are the registry's, and fetching public ones."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.commands.options import INSTALLED_REGISTRY, AsJson, Registry
from edge_agent.commands.report import Line, report, tell

if TYPE_CHECKING:
    from edge_agent.perception.model_store import ModelStore
    from edge_agent.pulling.pull import Pull

# The hash is for programs, in --json: in a table it would leave no room for the rest.
COLUMNS = {
    "role": "用途 Role",
    "state": "状态 State",
    "file": "文件 File",
    "licence": "许可 Licence",
    "source": "来源 Source",
}
NOT_PULLED = "not_pulled"
WORDS = {"present": "完好 present", "absent": "缺失 absent", "altered": "被改 altered", NOT_PULLED: "未下载 not pulled"}

Roles = Annotated[list[str] | None, typer.Argument(metavar="ROLE", help="用途；不写则全部 / roles; all without any")]
Mirror = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="URL",
        envvar="CAREWITNESS_MODELS_FROM",
        help="内网镜像，文件按名存放 / a mirror that has the files by their names",
    ),
]


def group() -> typer.Typer:
    """The command group."""
    models = typer.Typer(help="模型 / models", no_args_is_help=True)
    models.command("list")(list_models)
    models.command("verify")(verify)
    models.command("pull")(pull)
    return models


def list_models(registry: Registry = INSTALLED_REGISTRY, as_json: AsJson = False) -> None:
    """列出登记的模型 / List the registered models, and whether each is there."""
    store = _store(registry)

    def show(role: str) -> Iterator[Line]:
        yield _line(store, role, store.state(role), as_json=as_json)

    report(sorted(store.entries), show, COLUMNS, as_json=as_json, named="role")


def verify(registry: Registry = INSTALLED_REGISTRY, as_json: AsJson = False) -> None:
    """核对每个模型文件 / Check every model file against the registry's hash; one that was never pulled is no error."""
    store = _store(registry)

    def check(role: str) -> Iterator[Line]:
        pulled_not = store.entries[role].public is not None and not store.holds(role)
        if not pulled_not:
            store.require(role)
        yield _line(store, role, NOT_PULLED if pulled_not else "present", as_json=as_json)

    report(sorted(store.entries), check, COLUMNS, as_json=as_json, named="role")


def pull(
    roles: Roles = None,
    mirror: Mirror = None,
    registry: Registry = INSTALLED_REGISTRY,
    as_json: AsJson = False,
) -> None:
    """下载公开模型 / Fetch public models, going on where a broken transfer ended; only the registry's hash is taken."""
    from edge_agent.pulling.pull import Pull

    store, how = _store(registry), Pull(mirror)
    wanted = list(dict.fromkeys(roles or [role for role, entry in store.entries.items() if entry.public is not None]))

    def fetch(role: str) -> Iterator[Line]:
        _fetch(store, role, how)
        yield _line(store, role, "present", as_json=as_json)

    # Each file has a bar of its own.
    tell(wanted, fetch, COLUMNS, as_json=as_json, named="role")


def _store(registry: Registry) -> "ModelStore":
    from edge_agent.perception.model_store import ModelStore

    return ModelStore.open(registry)


def _fetch(store: "ModelStore", role: str, how: "Pull") -> None:
    from edge_agent.commands.progress import arrival_bar

    target = store.path(role)
    if store.state(role) == "present":
        return
    entry = store.entries[role]
    with arrival_bar(role, entry.public.bytes if entry.public else 0) as arrived:
        how.fetch(entry, target, arrived)


def _line(store: "ModelStore", role: str, state: str, *, as_json: bool) -> Line:
    entry = store.entries[role]
    return {
        "role": role,
        "state": str(state) if as_json else WORDS[state],
        "file": entry.file,
        "sha256": entry.sha256,
        "licence": entry.licence,
        "source": entry.public.repository if entry.public else entry.source,
    }
