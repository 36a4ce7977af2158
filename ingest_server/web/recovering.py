"""Money that came back of a case: as it is typed, and what is looked at before it is entered. Pure."""

import re
import unicodedata
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from ingest_server.authenticity.day import hour_of
from ingest_server.cases.step import Action, Step
from ingest_server.errors import CaseError
from ingest_server.readable import A_SENTENCE, is_sentence
from ingest_server.store.cases import Case

MOST_FEN: Final = 100_000_000_000
# A comma sets thousands apart; where it stands for the point, 12,50 would be a hundred times as much.
_YUAN: Final = re.compile(r"([+-]?)([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.([0-9]{1,2}))?")


def fen_of(typed: str) -> int | None:
    """An amount in yuan as somebody typed it, in fen; ``None`` where nothing was typed.

    Raises:
        CaseError: it is no amount.
    """
    # An input method leaves the digits, the point and the sign of a Chinese text twice as wide.
    text = unicodedata.normalize("NFKC", typed).replace("¥", "").strip().replace("\u2212", "-")
    if not text:
        return None
    found = _YUAN.fullmatch(text)
    if found is None:
        raise CaseError(
            "an amount is yuan with at most two decimals: 1234.50", "金额请填数字，最多两位小数，如 1234.50"
        )
    sign, yuan, fen = found.groups("")
    return int(sign + yuan.replace(",", "") + fen.ljust(2, "0"))


def day_of(typed: str) -> str | None:
    """A day as a form or a program sends it, ``2026-09-22``; ``None`` where none was.

    Raises:
        CaseError: it is no day.
    """
    try:
        return date.fromisoformat(typed).isoformat() if typed else None
    except ValueError as cause:
        raise CaseError("the date is none", "日期无效") from cause


def check_recovered(case: Case, step: Step, zone: ZoneInfo) -> None:
    """Look at money that is to be entered beside what its case is about; other steps pass.

    Raises:
        CaseError: its day is none, is to come, or lies before the case's first visit; or it comes to more than the
            fund was billed, or corrects what was entered, and nothing says why.
    """
    if step.action is not Action.RECOVER or step.recovered_on is None:
        return
    began, today = (hour_of(at_ms, zone)[0] for at_ms in (case.visits[0].check_in_ms, step.at_ms))
    # A device's clock may have run ahead of everybody's.
    first = min(began, today)
    if not first <= (day_of(step.recovered_on) or "") <= today:
        raise CaseError(
            f"money came back on a day from {first}, when the first visit was, to today",
            f"到账日期须在 {first} 至今日之间",
        )
    amount, billed = step.recovered_fen or 0, case.settled_fen
    beyond = case.standing.recovered_fen + amount > billed
    if (beyond or amount < 0) and not is_sentence(step.note or ""):
        whole = f"{billed / 100:.2f}"
        why = (f"that is more than the {whole} yuan of its visits", f"合计超过所涉服务的基金金额 {whole} 元")
        en, zh = why if beyond else ("this corrects what was entered", "这是冲减")
        raise CaseError(f"{en}: write why. {A_SENTENCE.en}", f"{zh}，须写明理由：{A_SENTENCE.zh}")
