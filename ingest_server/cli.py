"""`ingest-server`: the commands, assembled."""

import os
import sys
from typing import Annotated

import msgspec
import typer

from ingest_server.commands import agencies, authenticity, devices, export, recipients, rules, thresholds, trail, users
from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.intake import intake
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir
from ingest_server.commands.score import score
from ingest_server.commands.trailed import enter_command
from ingest_server.data_dir import make_data_dir, server_key
from ingest_server.figures_folder import figures_shared_by
from ingest_server.logs import log_to_stderr
from ingest_server.settings import ServerSettings, default_database_url
from ingest_server.shipped import enter_shipped_rules
from ingest_server.store.database import Database
from ingest_server.store.watch import visits_in_no_day
from visit_record.keys import public_jwk
from visit_record.streams import show_what_can_be_shown

# Each keeps some 200 MB; whoever has the cores and the people asks for more.
MOST_UNASKED = 4

app = typer.Typer(
    help="接收、评分并展示上门服务记录 · Takes visit records in, weighs them and shows them.",
    cls=PlainGroup,
    no_args_is_help=True,
)
app.add_typer(users.app, name="users")
app.add_typer(devices.app, name="devices")
app.add_typer(rules.app, name="rules")
app.add_typer(thresholds.app, name="thresholds")
app.command()(intake)
app.command()(score)
app.add_typer(recipients.app, name="recipients")
app.add_typer(authenticity.app, name="authenticity")
app.add_typer(agencies.app, name="agencies")
app.add_typer(trail.app, name="trail")
app.add_typer(export.app, name="export")


@app.command()
def run(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    broker: Annotated[str, typer.Option(help="MQTT 服务器 · Broker, mqtt://host:port.")] = "mqtt://127.0.0.1:1883",
    database: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
    host: Annotated[str, typer.Option(help="网页地址 · Address of the pages.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="网页端口 · Port of the pages.")] = 8080,
    behind_proxy: Annotated[
        bool, typer.Option(help="有反向代理 · A TLS proxy on this machine stands before it.")
    ] = False,
    time_zone: Annotated[str, typer.Option(help="显示时区 · IANA time zone of the screens.")] = "Asia/Shanghai",
    page_processes: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="网页进程数 · Processes that serve pages; one a core, at most 4, by default."),
    ] = None,
) -> None:
    """接收记录并提供网页 · Take records in and serve the pages."""
    settings = ServerSettings(
        data_dir=data_dir,
        broker_url=broker,
        database_url=database or default_database_url(data_dir),
        host=host,
        port=port,
        behind_proxy=behind_proxy,
        time_zone=time_zone,
        page_processes=page_processes or min(len(os.sched_getaffinity(0)), MOST_UNASKED),
    )
    with figures_shared_by(settings.page_processes):
        # The web framework takes a second to import; the other commands do without.
        from ingest_server.bootstrap import serve  # noqa: PLC0415

        serve(settings)


@app.command()
def migrate(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """升级数据库 · Bring the database to this version; make a backup first."""
    if database is None:
        make_data_dir(data_dir)
    store = Database(database or default_database_url(data_dir))
    store.migrate()
    if taken := enter_shipped_rules(store):
        typer.echo(
            f"库中的规则 {taken} 与随程序附带的内容不同，附带的未能存入；发布 {taken} 启用的是库中那份 · "
            f"rule set {taken} of this store is not the one that ships, which could not be entered; "
            f"publishing {taken} puts the store's own in force: `ingest-server rules show {taken}`",
            err=True,
        )
    enter_command(store, "migrate")
    _tell_of_missing_days(store)
    typer.echo("数据库已是最新 · The database is current.")


def _tell_of_missing_days(store: Database) -> None:
    with store.reading() as connection:
        missing = sum(visits_in_no_day(connection).values())
    if missing:
        typer.echo(
            f"{missing} 次服务未计入按日合计，请运行 ingest-server authenticity rebuild · "
            f"{missing} visits are in no sums by day yet: run `ingest-server authenticity rebuild`",
            err=True,
        )


@app.command()
def key(data_dir: DataDir = DATA_DIR) -> None:
    """显示公钥 · Print the public key that devices pin, as JWK; it is made on first use."""
    sys.stdout.write(msgspec.json.encode(public_jwk(server_key(data_dir).public_key())).decode() + "\n")


def main() -> None:
    """Entry point."""
    # Database, its log and its key hold what only this service may read.
    os.umask(0o077)
    show_what_can_be_shown()
    # Whatever the command: standard output may be a document that somebody keeps.
    log_to_stderr()
    app()
