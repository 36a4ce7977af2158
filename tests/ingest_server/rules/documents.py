"""Rule sets for tests: the shipped one under other versions, and small ones."""

from ingest_server.rules.rule_set import RuleSet, parse_rules, shipped_rules, shipped_text
from ingest_server.scoring.evidence import EVIDENCE_IDS

SHIPPED_VERSION = shipped_rules(EVIDENCE_IDS).version


def shipped_as(version: str, *changes: tuple[str, str]) -> str:
    """The shipped document under another version, with texts replaced once each."""
    text = shipped_text()
    for old, new in ((f'version = "{SHIPPED_VERSION}"', f'version = "{version}"'), *changes):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def one_rule(lines: str = "", *, asks: str = '{ kind = "bound", evidence = "voice", least = 0.7 }') -> str:
    """A set of one rule; ``lines`` are added to it."""
    return f"""
version = "small"
time_zone = "Asia/Shanghai"
weight_bound_db = 6.0
thresholds = {{ review = 0.5, hold = 0.95 }}

[[rule]]
id = "the-rule"
question = {{ zh = "问", en = "asked" }}
basis = {{ zh = "据", en = "known" }}
says = {{ zh = "说", en = "said" }}
code = "VOICE_MISMATCH"
class = "acknowledge"
asks = {asks}
{lines}
"""


def parsed(text: str) -> RuleSet:
    return parse_rules(text, EVIDENCE_IDS)
