"""``ingest-server users``: the people who may log in."""

import sys
from typing import Annotated

import typer
from rich.table import Table

from ingest_server.clock import now_ms
from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, current_database, existing_database
from ingest_server.commands.tables import figure, terminal, words
from ingest_server.commands.trailed import managing
from ingest_server.store import accounts, sessions
from ingest_server.store.accounts import ONE_TIME_MS, Account
from ingest_server.store.passwords import hashed, one_time_password
from ingest_server.store.people import Person, people_page
from ingest_server.store.sessions import Kind
from ingest_server.vocabulary import Role

app = typer.Typer(help="可登录的人员 · People who may log in.", cls=PlainGroup, no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="登录名 · The name to log in with.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读取密码 · Read the password from input, one line.")
]
OneTime = Annotated[
    bool,
    typer.Option("--one-time", help="一次性密码，三天内首次登录时更换 · Print one that is changed at first log-in."),
]
_AT_A_TIME = 500


@app.command()
def add(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    name: Name,
    role: Annotated[
        Role, typer.Option(help="角色 · supervisor sees one agency, auditor all, administrator no evidence.")
    ],
    agency: Annotated[str | None, typer.Option(help="机构 · The agency of a supervisor.")] = None,
    new_agency: Annotated[
        bool,
        typer.Option("--new-agency", help="确为新机构 · The agency is new: no device, user or visit names it yet."),
    ] = False,
    password_stdin: FromInput = False,
    one_time: OneTime = False,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """增加人员 · Enter a person."""
    store = current_database(database, data_dir)
    password, until_ms = _password(from_input=password_stdin, one_time=one_time)
    kept = hashed(password)
    with managing(store, "users add", name, role, agency) as connection:
        accounts.enter_account(connection, Account(name, role, agency), kept, until_ms, new_agency=new_agency)
    typer.echo(f"{name} 可以登录，角色 {role} · may log in as {role}")
    _tell(password, until_ms)


@app.command("list")
def list_users(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """列出人员 · Show everybody."""
    headings = ("登录名 name", "角色 role", "机构 agency", "状态 state")
    table = Table(*map(words, headings), figure("会话 sessions"), figure("令牌 tokens"))
    store, after = existing_database(database, data_dir), None
    with store.reading() as connection:
        while found := people_page(connection, now_ms(), after, _AT_A_TIME):
            for person in found:
                table.add_row(*_row(person))
            after = found[-1].name
    terminal().print(table)


@app.command()
def password(
    name: Name,
    password_stdin: FromInput = False,
    one_time: OneTime = False,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """另设密码 · Give a person another password; their sessions and tokens end."""
    store = existing_database(database, data_dir)
    chosen, until_ms = _password(from_input=password_stdin, one_time=one_time)
    kept = hashed(chosen)
    with managing(store, "users password", name) as connection:
        accounts.reset_password(connection, name, kept, until_ms)
    typer.echo(f"{name} 的密码已更换 · the password of {name} is changed")
    _tell(chosen, until_ms)


@app.command()
def token(
    name: Name,
    days: Annotated[int, typer.Option(min=1, max=3660, help="有效天数 · How long it is good for.")] = 90,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="只能查看 · It only looks, and decides nothing.")
    ] = False,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """签发接口令牌 · Print a bearer token for the API. It is shown this once."""
    scope = "read-only" if read_only else None
    with managing(existing_database(database, data_dir), "users token", name, f"{days}d", scope) as connection:
        secret = sessions.issue_token(connection, name, now_ms(), days, read_only=read_only)
    typer.echo(secret)


@app.command()
def revoke(name: Name, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """撤销会话与令牌 · End every session and token of a person, who may log in again."""
    with managing(existing_database(database, data_dir), "users revoke", name) as connection:
        count = sessions.end_all(connection, name)
    typer.echo(f"已结束 {name} 的 {count} 个会话与令牌 · {count} sessions and tokens of {name} ended")


@app.command()
def disable(name: Name, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """停用 · Let a person in no more; their sessions and tokens end at once, their name stays taken."""
    with managing(existing_database(database, data_dir), "users disable", name) as connection:
        accounts.set_disabled(connection, name, disabled=True)
    typer.echo(f"{name} 已停用 · {name} is disabled")


@app.command()
def enable(name: Name, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """重新启用 · Let a person in again, with the password that they had."""
    with managing(existing_database(database, data_dir), "users enable", name) as connection:
        accounts.set_disabled(connection, name, disabled=False)
    typer.echo(f"{name} 可以登录 · {name} may log in again")


@app.command()
def remove(name: Name, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """删除人员 · Remove a person who was entered by mistake; whoever did anything is better disabled."""
    with managing(existing_database(database, data_dir), "users remove", name) as connection:
        accounts.remove_account(connection, name)
    typer.echo(f"{name} 已删除 · {name} is removed")


def _row(person: Person) -> tuple[str, ...]:
    state = (
        "停用 disabled" if person.disabled else "待首次登录 first log-in" if person.one_time_until_ms else "可登录 open"
    )
    counts = (str(person.open_of(kind)) for kind in Kind)
    return person.name, person.role, person.agency or "", state, *counts


def _password(*, from_input: bool, one_time: bool) -> tuple[str, int | None]:
    if one_time:
        return one_time_password(), now_ms() + ONE_TIME_MS
    return (sys.stdin.readline().rstrip("\r\n") if from_input else _ask_password()), None


def _tell(password: str, until_ms: int | None) -> None:
    if until_ms is not None:
        typer.echo(
            f"一次性密码，三天内有效，只显示一次 · one-time password, good for three days, shown once: {password}"
        )


def _ask_password() -> str:
    answer: str = typer.prompt("密码 Password", hide_input=True, confirmation_prompt="再输一次 Repeat")
    return answer
