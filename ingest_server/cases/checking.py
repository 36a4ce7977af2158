"""What a step must have, and whose it is to take. Pure."""

from typing import Final

from ingest_server.cases.standing import Standing
from ingest_server.cases.step import (
    AGENCYS_WORD,
    NEEDS_A_NOTE,
    WITH_ASSIGNEE,
    WITH_DATE,
    WITH_OUTCOME,
    Action,
    Outcome,
    Step,
)
from ingest_server.errors import CaseError
from ingest_server.local_days import DAY_MS

# A visit that is put off for longer is cleared in silence.
MOST_SNOOZE_MS: Final = 31 * DAY_MS
# A case that is due later than this is due never.
MOST_DUE_MS: Final = 90 * DAY_MS


def check_fields(step: Step) -> None:
    """Look at a step by itself.

    Raises:
        CaseError: it lacks what it needs, or has what is not its own.
    """
    against = step.action in NEEDS_A_NOTE or step.outcome is Outcome.IRREGULAR
    if against and not (step.note or "").strip():
        raise CaseError(f"{step.outcome or step.action} needs a note that says why", "请写明理由")
    if step.action is Action.CLOSE and step.outcome is None:
        raise CaseError("closing needs an outcome", "结案须选择结论")
    if step.action is Action.ASSIGN and step.assignee is None:
        raise CaseError("choose whom the case goes to", "请选择交给谁办理")
    if step.outcome is not None and step.action not in WITH_OUTCOME:
        raise CaseError(f"{step.action} has no outcome", "这一步没有结论")
    if step.until_ms is not None and step.action not in WITH_DATE:
        raise CaseError(f"{step.action} has no date", "这一步没有日期")
    if step.assignee is not None and step.action not in WITH_ASSIGNEE:
        raise CaseError(f"{step.action} hands the case to nobody", "这一步不指定承办人")
    _check_money(step)


def check_step(standing: Standing | None, step: Step) -> None:
    """Look at a step that is in turn, as the case stands before it.

    Raises:
        CaseError: it lacks what it needs then, or is not this person's to take.
    """
    if step.action is Action.CLOSE and standing is not None and step.outcome not in standing.outcomes_alone:
        raise CaseError(
            "that is proposed, and closed by a second person's approval", "这一结论须由一人提请、另一人复核"
        )
    if step.action is Action.SNOOZE and not _within(step, MOST_SNOOZE_MS):
        raise CaseError("snoozing needs a date to come, within a month", "请选择一个月以内的将来日期")
    if standing is None:
        return
    if (refused := refusal(standing, step)) is not None:
        raise CaseError(*refused)
    if step.action is Action.ASSIGN:
        _check_assignee(standing, step)
    if step.action is Action.SET_DUE:
        _check_due(standing, step)
    if step.action is Action.RECOVER:
        _check_recovered(standing, step)


def refusal(standing: Standing, step: Step) -> tuple[str, str] | None:
    """Why a step is not this person's to take, in English and Chinese; ``None`` where it is."""
    if step.action is Action.APPROVE and standing.proposed_by == step.actor:
        return "whoever proposed cannot be the second person", "提出人不能同时作为复核人"
    if standing.of_fund and not step.by_fund and step.action not in AGENCYS_WORD:
        return (
            "the fund has taken this case on: comment, answer, enter what the caregiver says, or appeal",
            "基金已在办理此案：机构可备注、补材料、代护理员说明或申诉",
        )
    if step.action is Action.RECOVER and not step.by_fund:
        return "the fund enters what came back", "追回金额由基金登记"
    if step.action is Action.RECOVER and standing.outcome is not Outcome.CONFIRMED and not standing.recovered_fen:
        return (
            "money is recovered of a case that two people closed as confirmed",
            "仅经两人认定“疑点属实”的案件登记追回",
        )
    return None


def puts_later(due_at_ms: int | None, step: Step) -> bool:
    """Whether a step sets a deadline that is later than the one before, which wants a reason."""
    later = step.until_ms is not None and due_at_ms is not None and step.until_ms > due_at_ms
    return step.action is Action.SET_DUE and later


def _check_assignee(standing: Standing, step: Step) -> None:
    if step.assignee == step.actor:
        raise CaseError("take the case over, where it is to be yours", "由自己办理请直接“接手”")
    if step.assignee == standing.assignee:
        raise CaseError(f"{step.assignee} has this case already", f"此案已由 {step.assignee} 承办")


def _check_due(standing: Standing, step: Step) -> None:
    if not _within(step, MOST_DUE_MS):
        raise CaseError("a deadline is a date to come, within 90 days", "期限须为 90 天以内的将来日期")
    if step.until_ms == standing.due_at_ms:
        raise CaseError("the case is due then already", "期限本来就是这一天")
    if puts_later(standing.due_at_ms, step) and not (step.note or "").strip():
        raise CaseError("a later deadline needs a note that says why", "延后期限须写明理由")


def _check_money(step: Step) -> None:
    told = (step.recovered_fen, step.recovered_on)
    if step.action is not Action.RECOVER:
        if told != (None, None):
            raise CaseError(f"{step.action} has no money", "这一步没有金额")
        return
    if not step.recovered_fen or step.recovered_on is None:
        raise CaseError("write what came back, in yuan, and on which day", "请填写追回金额（元）和到账日期")
    if step.recovered_fen < 0 and not (step.note or "").strip():
        raise CaseError("what corrects an amount needs a note that says why", "冲减金额须写明理由")


def _check_recovered(standing: Standing, step: Step) -> None:
    amount = step.recovered_fen or 0
    if amount > 0 and standing.outcome is not Outcome.CONFIRMED:
        raise CaseError(
            "the case is not confirmed any more: only what was entered is corrected", "此案已不属“疑点属实”，只能冲减"
        )
    if standing.recovered_fen + amount < 0:
        raise CaseError("no more is taken back than was entered", "冲减不能超过已登记的追回金额")


def _within(step: Step, most_ms: int) -> bool:
    return 0 < (step.until_ms or 0) - step.at_ms <= most_ms
