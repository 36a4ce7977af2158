"""Every answer of the API is one that its OpenAPI document names, whoever asks and whatever: drawn by schemathesis."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from ingest_server.store.accounts import Account
from tests.ingest_server.web.conftest import PEOPLE, Web

# How much is drawn for each operation: by name more, and for the other agency's supervisor too, who is like the first.
DRAWN = [
    *(pytest.param(person, 4) for person in PEOPLE if person.name != "supervisor-b"),
    *(pytest.param(person, 25, marks=pytest.mark.long) for person in PEOPLE),
]


@pytest.mark.parametrize(("person", "examples"), DRAWN)
def test_every_answer_is_one_that_the_document_names(filled_web: Web, person: Account, examples: int) -> None:
    document = schemathesis.openapi.from_asgi("/api/v1/openapi.json", filled_web.app)
    operations = [found.ok() for found in document.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 10
    for operation in operations:
        asked_by(operation, {"Authorization": f"Bearer {filled_web.tokens[person.name]}"}, examples)


def asked_by(operation: APIOperation[Any, Any, Any, Any], headers: dict[str, str], examples: int) -> None:
    """Ask what an operation may be asked, with somebody's token."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def answer_is_named(case: Case[Any]) -> None:
        # What the document cannot say is refused with 400: a cursor of nobody's, a step out of turn.
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    answer_is_named()
