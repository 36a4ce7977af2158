"""The process is set for serving while it serves, and no longer."""

import gc
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager

from anyio import to_thread

from ingest_server.web.errors import BusyError
from ingest_server.web.lifespan import NEW_OBJECTS, THREADS
from ingest_server.web.rendering import environment
from ingest_server.web.tongue import Tongue
from ingest_server.web.turns import Turns
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


def test_others_read_pages_while_as_many_as_can_be_ask_and_export(web: Web) -> None:
    parts = web.app.state.parts
    addresses = ("/api/v1/query/visits", "/api/v1/query/visits.csv")
    with web.client("auditor") as client, all_taken(parts.questions, 4), all_taken(parts.exports, 1):
        with ThreadPoolExecutor(4 * THREADS) as many:
            asked = [many.submit(client.get, addresses[number % 2]) for number in range(4 * THREADS)]
            time.sleep(0.5)
            began = time.monotonic()
            assert client.get("/login").status_code == 200
            took_s = time.monotonic() - began
            told_at_once = sum(one.done() for one in asked)
        assert took_s < 2
        assert told_at_once > 2 * THREADS
        assert {one.result().status_code for one in asked} == {503}


def test_turns_leave_threads_for_everybody_else(web: Web) -> None:
    parts = web.app.state.parts
    assert parts.questions.most + parts.exports.most <= THREADS - 4


def test_who_waits_for_a_turn_gets_it_and_who_comes_while_enough_wait_is_told_at_once() -> None:
    turns = Turns(at_once=1, waiting=1, patience_s=30)
    with ThreadPoolExecutor(2) as others:
        with turns.taken():
            told, waiting = wait([others.submit(use, turns) for _ in range(2)], 10, FIRST_COMPLETED)
            assert [type(one.exception()) for one in told] == [BusyError]
        assert [one.result(10) for one in waiting] == [True]
    assert use(turns)


def use(turns: Turns) -> bool:
    with turns.taken():
        return True


@contextmanager
def all_taken(turns: Turns, count: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(turns.taken())
        yield
