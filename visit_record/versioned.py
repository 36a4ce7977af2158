"""Content that names its schema, read as a type of ours: a newer one is refused by name, and nothing of it guessed."""

from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from visit_record.errors import InvalidRecordError, UnknownSchemaError
from visit_record.first_use import known

AnyShape = TypeVar("AnyShape", bound=Struct)


def read_as(shape: type[AnyShape], schema: str, content: Any) -> AnyShape:  # noqa: ANN401 - any JSON value
    """What the content says.

    Raises:
        UnknownSchemaError: it is of another schema.
        InvalidRecordError: it does not have the type's shape, or a value is out of bounds.
    """
    named = content.get("schema") if isinstance(content, dict) else None
    if named != schema:
        raise UnknownSchemaError(
            f"schema is {str(named)[:64]!r}, this program reads {schema!r}; upgrade the older side"
        )
    try:
        return msgspec.convert(content, known(shape))
    except (msgspec.ValidationError, OverflowError) as cause:
        raise InvalidRecordError(str(cause)) from cause
