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


def twice_in(said: str, remedy: str) -> list[str]:
    """What to do that a finding says of itself, and its remedy says again."""
    clauses = re.split(r"[；，。：（）]|[;,:()] ", said)
    # A name may stand in both.
    told = [one for one in clauses if len(one) > 5 and (" " in one.strip() or any(chinese_in(one)))]
    return [clause for clause in told if clause in remedy]
