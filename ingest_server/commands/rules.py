"""``ingest-server rules``: the life of rule sets, from draft to live and back."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection

from ingest_server.commands.authors import Author, Note, author
from ingest_server.commands.failures import PlainGroup
from ingest_server.commands.options import DATA_DIR, DatabaseUrl, DataDir, database_with_rules
from ingest_server.commands.rules_tried import replay, shadow
from ingest_server.commands.tables import figure, terminal, words
from ingest_server.commands.trailed import managing
from ingest_server.commands.versions import fit_to_go_live, rules_text
from ingest_server.rules.thresholds import strongest_cue
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.store import rule_sets

app = typer.Typer(
    help="规则：起草、提交、发布、回滚、影子运行、重放 · Rules: draft, commit, publish, roll back, shadow, replay.",
    cls=PlainGroup,
    no_args_is_help=True,
)
Version = Annotated[str, typer.Argument(metavar="V", help="规则版本 · Version of a rule set.")]
File = Annotated[Path, typer.Argument(help="规则文件 · A rule set in TOML.")]


@app.command("list")
def list_rules(database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """列出规则版本 · Show every rule set, its state and the last step."""
    headings = ("版本 version", "状态 state", "最近一步 last step", "操作人 by")
    table = Table(*map(words, headings), figure("时间 at (UTC)"), words("说明 note"))
    with database_with_rules(database, data_dir).reading() as connection:
        last = {step.version: step for step in rule_sets.history(connection)}
        for found in rule_sets.all_rule_sets(connection):
            step, state = last[found.version], f"{found.state}{' + shadow' if found.shadow else ''}"
            table.add_row(
                found.version, state, step.action, escape(step.actor), _moment(step.at_ms), escape(step.note or "")
            )
    terminal().print(table)


@app.command("show")
def show_rules(version: Version, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """显示规则及其历史 · Print a rule set as TOML, its history as comments before it."""
    with database_with_rules(database, data_dir).reading() as connection:
        found = rule_sets.rules_of(connection, version)
        lines = [f"# {found.version}: {found.state}{', shadow' if found.shadow else ''}"]
        for step in rule_sets.history(connection, version):
            note = " ".join((step.note or "").split())
            lines.append(f"# {_moment(step.at_ms)} {step.action} by {step.actor}{': ' * bool(note)}{note}")
    sys.stdout.write("\n".join([*lines, "", found.body]))


@app.command()
def check(file: File) -> None:
    """检查规则文件 · Say whether a file is a rule set that may go live, and what is wrong with it."""
    rule_set = fit_to_go_live(rules_text(file))
    cue, most = strongest_cue(shipped_calibration(EVIDENCE_IDS), rule_set)
    count, review, hold = len(rule_set.rule), rule_set.thresholds.review, rule_set.thresholds.hold
    typer.echo(
        f"{rule_set.version}：{count} 条规则，阈值 {review:g} 与 {hold:g}；单独最强的线索 {cue} 可达 {most:.3f} · "
        f"{count} rules, thresholds {review:g} and {hold:g}; the strongest single cue, {cue}, reaches {most:.3f}"
    )


@app.command()
def draft(
    file: File, by: Author = None, note: Note = None, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR
) -> None:
    """起草 · Enter a file as a draft, or in the place of the draft of its version, unless `check` refuses it."""
    text = rules_text(file)
    version = fit_to_go_live(text).version
    store = database_with_rules(database, data_dir)
    with managing(store, "rules draft", version, file.name, by=by) as connection:
        rule_sets.draft(connection, version, text, author(connection, by, note))
    typer.echo(f"{version} 已存为草稿 · is stored as a draft")


@app.command()
def commit(
    version: Version, by: Author = None, note: Note = None, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR
) -> None:
    """提交 · End the writing of a draft; from now on it never changes."""
    with managing(database_with_rules(database, data_dir), "rules commit", version, by=by) as connection:
        _check_stored(connection, version)
        rule_sets.commit(connection, version, author(connection, by, note))
    typer.echo(f"{version} 已提交，不再改动 · is committed, and does not change any more")


@app.command()
def publish(
    version: Version, by: Author = None, note: Note = None, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR
) -> None:
    """发布 · Make a rule set that another person committed the live one; a running server takes it over in seconds."""
    with managing(database_with_rules(database, data_dir), "rules publish", version, by=by) as connection:
        _check_stored(connection, version)
        rule_sets.publish(connection, version, author(connection, by, note))
    typer.echo(f"{version} 已生效 · is live")


@app.command()
def rollback(by: Author = None, note: Note = None, database: DatabaseUrl = None, data_dir: DataDir = DATA_DIR) -> None:
    """回滚 · Bring back the rule set that was live before; the one that is retires."""
    with managing(database_with_rules(database, data_dir), "rules rollback", by=by) as connection:
        was, now = rule_sets.roll_back(connection, author(connection, by, note))
        # A newer calibration may have made its thresholds too low; refused here, the step is undone.
        _check_stored(connection, now)
    typer.echo(f"{was} 已停用，{now} 重新生效 · {was} is retired, {now} is live again")


app.command()(shadow)
app.command()(replay)


def _check_stored(connection: Connection, version: str) -> None:
    fit_to_go_live(rule_sets.rules_of(connection, version).body)


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
