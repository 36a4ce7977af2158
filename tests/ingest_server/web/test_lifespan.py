"""The process is set for serving while it serves, and no longer."""

import gc

from anyio import to_thread

from ingest_server.web.lifespan import NEW_OBJECTS, THREADS
from ingest_server.web.rendering import environment
from ingest_server.web.tongue import Tongue
from tests.ingest_server.web.conftest import Web


def test_a_process_that_serves_leaves_its_own_parts_out_of_the_collectors_rounds(web: Web) -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    with web.client() as client:
        assert client.get("/healthz").status_code == 200
        assert gc.get_threshold()[0] == NEW_OBJECTS
        assert gc.get_freeze_count() > 100_000
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_a_process_that_serves_works_on_few_answers_at_once(web: Web) -> None:
    async def threads() -> float:
        return to_thread.current_default_thread_limiter().total_tokens

    with web.client() as client:
        assert client.portal is not None
        assert client.portal.call(threads) == THREADS


def test_document_of_the_api_is_there_before_anybody_asks(web: Web) -> None:
    web.app.openapi_schema = None
    with web.client():
        assert web.app.openapi_schema is not None


def test_templates_are_compiled_before_anybody_asks(web: Web) -> None:
    environment.cache_clear()
    with web.client():
        templates = environment(Tongue.BOTH)
        assert templates.cache is not None
        assert len(templates.cache) == len(templates.list_templates())
