"""What addresses and queries name on several routes: ids, digests and numbers, as OpenAPI writes patterns."""

from typing import Annotated, Final, Literal

from fastapi import Path, Query

from visit_record.chain import LinkState
from visit_record.record import IDENTIFIER

ID_PATTERN: Final = f"^{IDENTIFIER.pattern}$"
# Of a row: the largest that every database keeps in one.
MOST_ID: Final = 2**31 - 1

Identified = Annotated[str, Path(pattern=ID_PATTERN)]
VisitPath = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$", description="Visit id, UUIDv7.")]
CasePath = Annotated[int, Path(ge=1, le=MOST_ID, description="Number of the case.")]
SavedPath = Annotated[int, Path(ge=1, le=MOST_ID, description="Number of the saved query.")]
NamePath = Annotated[str, Path(pattern=ID_PATTERN, description="Name to log in with.")]

WantedId = Annotated[str | None, Query(pattern=ID_PATTERN)]
RecordDigest = Annotated[
    str | None, Query(pattern=r"^[0-9a-f]{64}$", description="Digest of one record, where the visit has several.")
]
RuleVersion = Annotated[str | None, Query(pattern=ID_PATTERN, description="A rule set; the live one unless given.")]
# A record that is linked as it should be is no finding, and nobody asks for those alone.
BrokenLink = Literal[LinkState.GAP, LinkState.FORK]

_CURSOR: Final = "`next_cursor` of the page before."
AfterRow = Annotated[int | None, Query(ge=1, le=MOST_ID, description=_CURSOR)]
AfterName = Annotated[str | None, Query(pattern=ID_PATTERN, description=_CURSOR)]
AfterMoment = Annotated[int | None, Query(ge=0, le=2**53 - 1, description=_CURSOR)]
AfterPlace = Annotated[str | None, Query(max_length=400, description=_CURSOR)]
