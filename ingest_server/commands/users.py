"""``ingest-server users``: the people who may log in."""

import sys
from typing import Annotated

import typer
from rich.table import Table

from ingest_server.clock import now_ms
from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, current_database, existing_database
from ingest_server.commands.tables import terminal, words
from ingest_server.store import accounts, sessions
from ingest_server.store.accounts import Account, Role

app = typer.Typer(help="可登录的人员 · People who may log in.", cls=PlainGroup, no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="登录名 · The name to log in with.")]


@app.command()
def add(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    name: Name,
    role: Annotated[
        Role, typer.Option(help="角色 · supervisor sees one agency, auditor all, administrator no evidence.")
    ],
    agency: Annotated[str | None, typer.Option(help="机构 · The agency of a supervisor.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="从标准输入读取密码 · Read the password from input, one line.")
    ] = False,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """增加人员 · Enter a person."""
    store = current_database(database, data_dir)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _ask_password()
    with store.writing() as connection:
        accounts.add_account(connection, Account(name, role, agency), password)
    typer.echo(f"{name} may log in as {role}")


@app.command("list")
def list_users(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """列出人员 · Show everybody."""
    table = Table(*map(words, ("name", "role", "agency")))
    with existing_database(database, data_dir).reading() as connection:
        for account in accounts.accounts(connection):
            table.add_row(account.name, account.role, account.agency or "")
    terminal().print(table)


@app.command()
def token(
    name: Name,
    days: Annotated[int, typer.Option(min=1, max=3660, help="有效天数 · How long it is good for.")] = 90,
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """签发接口令牌 · Print a bearer token for the API. It is shown this once."""
    with existing_database(database, data_dir).writing() as connection:
        secret = sessions.issue_token(connection, name, now_ms(), days)
    typer.echo(secret)


@app.command()
def revoke(name: Name, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """撤销会话与令牌 · End every session and token of a person, who may log in again."""
    with existing_database(database, data_dir).writing() as connection:
        count = sessions.end_all(connection, name)
    typer.echo(f"{count} sessions and tokens of {name} ended")


@app.command()
def remove(name: Name, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """删除人员 · Remove a person; their sessions and tokens end at once."""
    with existing_database(database, data_dir).writing() as connection:
        accounts.remove_account(connection, name)
    typer.echo(f"{name} removed")


def _ask_password() -> str:
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
