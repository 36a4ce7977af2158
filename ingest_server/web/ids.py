"""Ids in addresses and queries: the record's, as OpenAPI writes patterns."""

from typing import Final

from visit_record.record import IDENTIFIER

ID_PATTERN: Final = f"^{IDENTIFIER.pattern}$"
# Of a row: the largest that every database keeps in one.
MOST_ID: Final = 2**31 - 1
