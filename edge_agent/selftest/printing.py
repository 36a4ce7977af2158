"""How a finding is told: a paragraph for people, Chinese first, and a line of JSON for programs. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec

from edge_agent.selftest.finding import Verdict
from edge_agent.selftest.titles import title_of
from edge_agent.selftest.walk import Looked
from visit_record.bilingual import Words

VERDICTS: Mapping[Verdict, Words] = MappingProxyType(
    {
        Verdict.PASS: Words("通过", "pass"),
        Verdict.FAIL: Words("失败", "fail"),
        Verdict.NOT_FITTED: Words("未配置", "not fitted"),
        Verdict.NOT_OBSERVABLE: Words("无法查看", "not observable"),
    }
)
_DO, _NOTE = Words("怎么办", "what to do"), Words("提示", "note")


def paragraph(looked: Looked) -> Iterator[str]:
    """The lines of one finding: what it is and how it stands, what is so, and what to do."""
    finding = looked.finding
    verdict = VERDICTS[finding.verdict]
    yield f"[{verdict.zh} {verdict.en}] {title_of(looked.check.step, looked.check.subject)}"
    yield f"    {finding.said.zh}"
    yield f"    {finding.said.en}"
    if finding.remedy is not None:
        head = _DO if finding.verdict is Verdict.FAIL else _NOTE
        yield f"    → {head.zh}：{finding.remedy.zh}"
        yield f"    → {head.en}: {finding.remedy.en}"


def json_line(looked: Looked) -> str:
    """One object, its keys those of docs/selftest.md."""
    check, finding = looked.check, looked.finding
    remedy = finding.remedy
    told = {
        "step": check.step,
        "subject": check.subject,
        "verdict": finding.verdict,
        "zh": finding.said.zh,
        "en": finding.said.en,
        "do_zh": remedy.zh if remedy else None,
        "do_en": remedy.en if remedy else None,
        "measured": dict(finding.measured),
        "took_ms": looked.took_ms,
    }
    return msgspec.json.encode(told).decode()


def summary(made: Sequence[Looked]) -> str:
    """How many of each, and which failed."""
    counts = {verdict: sum(one.finding.verdict is verdict for one in made) for verdict in Verdict}
    said = "，".join(f"{VERDICTS[one].zh} {VERDICTS[one].en} {count}" for one, count in counts.items() if count)
    wrong = [_named(one) for one in made if one.finding.verdict is Verdict.FAIL]
    return f"{said}；失败的是 failed: {', '.join(wrong)}" if wrong else said


def _named(looked: Looked) -> str:
    subject = looked.check.subject
    return f"{looked.check.step}/{subject}" if subject else looked.check.step.value
