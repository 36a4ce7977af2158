"""Whether a line that is to be Chinese is so to its end: names of files, settings and commands may stand in it."""

import re
from collections.abc import Iterator

# A reason in English has some of these; a name, an address, a setting or a command has none.
_SENTENCES = re.compile(
    r"(?<![A-Za-z])(?:a|an|the|is|are|was|be|been|has|have|had|does|did|do|it|its|that|this|which|there|no|not|none"
    r"|cannot|could|must|of|to|in|on|at|by|for|from|with|without|before|after|or|and|than|such|found|failed|error"
    r"|expected|got|denied|refused|directory|permission|connection|broken|unknown|invalid|missing|contains|says|ended"
    r")(?![A-Za-z])",
    re.IGNORECASE,
)
_BIDS = re.compile(
    r"(?:and |or |then |please )*(?:add|apply|apt|ask|bring|calibrate|check|convert|copy|delete|enrol|enter|fetch|give"
    r"|have|hold|install|issue|keep|leave|let|look|make|mend|move|name|plug|point|publish|push|put|record|remove|restart"
    r"|restore|run|save|say|see|set|show|start|stop|switch|take|teach|try|unplug|upgrade|use|wait|write) "
    r"|[或先再]?(?:请|安装：|重新(?:安装|登记|运行|学)|从备份|从仓库|从 requirements|恢复备份|检查|核对"
    r"|查看|启动[它见]|插紧|拔下|断电|换[一上更]|改[正回]|删去|举近|录近|靠近|只留|用 )"
)
# On a device the program itself is found by its whole path alone.
_NOT_FOUND = re.compile(
    r"(?<![/\w-])edge-agent (?=calibrate|enrol|housekeeping|models|outbox|pin|roster|support|update)"
)
_SOURCE_TREE = re.compile(r"在源码中：.*|in a source tree: .*")
_NAMED = re.compile(r"\S*[/_~\[\]=]\S*|--?\w[\w-]*|[\w-]+(?:\.[\w-]+)+|[\w.-]+-[\w.-]+")


def english_in(line: str) -> list[str]:
    """The English words in a line that no name has."""
    return _SENTENCES.findall(_NAMED.sub("·", line))


def prose_in(line: str) -> list[str]:
    """What stands side by side as the words of a sentence do; those of a command too."""
    return re.findall(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", line)


def chinese_in(line: str) -> Iterator[str]:
    """Its Chinese characters."""
    return (one for one in line if "一" <= one <= "鿿")


def remedies_in(said: str) -> list[str]:
    """What to do that stands in what is so: clauses that bid, in either language."""
    clauses = [one.strip() for one in re.split(r"[；，。：（）]|[;,:()](?: |$)| \(|\. ", said)]
    return [clause for clause in clauses if _BIDS.match(clause)]


def twice_in(said: str, remedy: str) -> list[str]:
    """What to do that a finding says of itself, and its remedy says again."""
    clauses = re.split(r"[；，。：（）]|[;,:()] ", said)
    # A name may stand in both.
    told = [one for one in clauses if len(one) > 5 and (" " in one.strip() or any(chinese_in(one)))]
    return [clause for clause in told if clause in remedy]


def not_on_a_device(line: str) -> list[str]:
    """The commands that an installer is told and does not find, but for what is said of a source tree."""
    return _NOT_FOUND.findall(_SOURCE_TREE.sub("", line))
