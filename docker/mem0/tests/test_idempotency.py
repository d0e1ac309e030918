"""Adds that are posted again with the same Idempotency-Key."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from conftest import StartServer, a_scope
from databases import Postgres
from openai_stub import OpenAiStub
from server import Json, Server, eventually

PRAGUE, NICE, BEES = "Alex: I live in Prague.", "Seraphina: Nice!", "Alex: I keep bees."


@pytest.fixture
def key() -> str:
    """A key that no other test uses."""
    return f"batch-{uuid.uuid4().hex}"


def add(server: Server, key: str, scope: Json, *messages: str, **body: Any) -> httpx.Response:
    """Adds messages with a key."""
    turns = [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(messages)]
    return server.http.post(
        "/memories", json={"messages": turns, **scope, **body}, headers={b"Idempotency-Key": key.encode()}
    )


def wait_for_repeats(server: Server, number: int) -> None:
    """Waits until so many repeats wait for the first."""
    eventually(lambda: f'mem0_requests_waiting{{lane="repeat"}} {number}.0' in server.http.get("/metrics").text)


def is_replayed(response: httpx.Response) -> bool:
    """Whether it says that it is an earlier answer."""
    return bool(response.headers.get("Idempotency-Replayed") == "true")


def test_a_failed_add_is_not_kept(server: Server, stub: OpenAiStub, scope: Json, key: str) -> None:
    stub.chat_status = lambda _: 429
    failed = add(server, key, scope, PRAGUE)
    stub.reset()

    again = add(server, key, scope, PRAGUE)

    assert (failed.status_code, again.status_code) == (502, 200)
    assert not is_replayed(again)
    assert len(server.listed(scope)) == 1


def test_an_add_that_was_taken_back_is_not_kept(server: Server, stub: OpenAiStub, scope: Json, key: str) -> None:
    stub.embedding_status = lambda text: 429 if text == BEES else 200
    assert add(server, key, scope, PRAGUE, NICE, BEES, infer=False).json()["undone"] is True
    stub.reset()

    assert len(add(server, key, scope, PRAGUE, NICE, BEES, infer=False).json()["results"]) == 3


def test_an_add_whose_answer_cannot_be_kept_is_taken_back(
    start_server: StartServer, postgres: Postgres, key: str
) -> None:
    scope = a_scope()
    collection = "unkept_" + scope["user_id"].replace("-", "_")
    server = start_server(POSTGRES_COLLECTION_NAME=collection)
    server.added(scope, PRAGUE)
    with postgres.connect() as connection:
        connection.execute(f"ALTER TABLE {collection}_answers ADD CHECK (answer = '')")

    response = add(server, key, scope, BEES)

    assert (response.status_code, response.json()["undone"]) == (502, True)
    assert [memory["memory"] for memory in server.listed(scope)] == [PRAGUE]


@pytest.mark.parametrize("bad", ["", "two words", "x" * 201, "schlüssel", "a\tb"])
def test_what_is_no_key_is_refused(server: Server, stub: OpenAiStub, scope: Json, bad: str) -> None:
    response = add(server, bad, scope, PRAGUE)

    assert response.status_code == 400
    assert "Idempotency-Key" in response.json()["detail"]
    assert stub.chats == []


def test_another_body_under_the_same_key_is_refused(server: Server, stub: OpenAiStub, scope: Json, key: str) -> None:
    add(server, key, scope, PRAGUE)
    stub.chats.clear()

    others = [add(server, key, scope, BEES), add(server, key, scope, PRAGUE, metadata={"batch_id": "b2"})]

    assert [response.status_code for response in others] == [422, 422]
    assert "another body" in others[0].json()["detail"]
    assert stub.chats == []
    assert len(server.listed(scope)) == 1


def test_a_repeat_gets_the_first_answer_and_asks_no_model(
    server: Server, stub: OpenAiStub, scope: Json, key: str
) -> None:
    first = add(server, key, scope, PRAGUE, metadata={"batch_id": "b1", "turn_ids": ["t1"]})
    stub.reset()

    again = add(server, key, scope, PRAGUE, metadata={"turn_ids": ["t1"], "batch_id": "b1"})

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert (is_replayed(first), is_replayed(again)) == (False, True)
    assert (stub.chats, stub.embedded) == ([], [])
    assert len(server.listed(scope)) == 1


def test_an_add_with_nothing_to_remember_is_kept_too(server: Server, stub: OpenAiStub, scope: Json, key: str) -> None:
    assert add(server, key, scope, "Alex: Hi!").json()["results"] == []
    stub.reset()

    assert add(server, key, scope, "Alex: Hi!").json()["results"] == []
    assert stub.chats == []


def test_a_key_belongs_to_its_ids(server: Server, scope: Json, key: str) -> None:
    other = a_scope()

    responses = [add(server, key, ids, PRAGUE) for ids in (scope, other, {"agent_id": scope["user_id"]})]

    assert [is_replayed(response) for response in responses] == [False, False, False]
    assert len({response.json()["results"][0]["id"] for response in responses}) == 3


def test_a_repeat_waits_for_the_first(server: Server, stub: OpenAiStub, scope: Json, key: str) -> None:
    stub.hold.clear()

    with ThreadPoolExecutor(3) as clients:
        adds = [clients.submit(add, server, key, scope, PRAGUE) for _ in range(3)]
        wait_for_repeats(server, 2)
        assert not any(future.done() for future in adds)
        stub.hold.set()
        responses = [future.result() for future in adds]

    assert [response.status_code for response in responses] == [200] * 3
    assert len({response.content for response in responses}) == 1
    assert sorted(map(is_replayed, responses)) == [False, True, True]
    assert len(server.listed(scope)) == 1


def test_a_repeat_that_waited_does_it_if_the_first_fails(
    server: Server, stub: OpenAiStub, scope: Json, key: str
) -> None:
    stub.hold.clear()
    stub.chat_status = lambda _: 429

    with ThreadPoolExecutor(2) as clients:
        first = clients.submit(add, server, key, scope, PRAGUE)
        eventually(lambda: stub.busy > 0)
        second = clients.submit(add, server, key, scope, PRAGUE)
        wait_for_repeats(server, 1)
        eventually(lambda: stub.busy > 0)
        statuses = iter([429] * stub.busy)
        stub.chat_status = lambda _: next(statuses, 200)
        stub.hold.set()

    assert (first.result().status_code, second.result().status_code) == (502, 200)
    assert not is_replayed(second.result())
    assert len(server.listed(scope)) == 1


def test_repeats_that_wait_are_bounded_and_hold_up_nobody_else(
    start_server: StartServer, stub: OpenAiStub, scope: Json, key: str
) -> None:
    server = start_server(MEM0_MAX_WRITES="2", MEM0_MAX_WAITING="2")
    other = a_scope()
    server.added(other, PRAGUE)
    stub.hold.clear()

    with ThreadPoolExecutor(5) as clients:
        adds = [clients.submit(add, server, key, scope, PRAGUE) for _ in range(3)]
        wait_for_repeats(server, 2)
        refused = add(server, key, scope, PRAGUE)
        free = server.added(other, BEES, infer=False)
        stub.hold.set()
        assert [future.result().status_code for future in adds] == [200] * 3

    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert len(free) == 1


def test_an_answer_outlives_the_server_and_its_memories(
    start_server: StartServer, stub: OpenAiStub, scope: Json, key: str
) -> None:
    first_server = start_server()
    first = add(first_server, key, scope, PRAGUE)
    assert first_server.http.delete("/memories", params=scope).status_code == 200
    first_server.terminate()
    first_server.wait()
    stub.reset()

    again = add(start_server(), key, scope, PRAGUE)

    assert again.content == first.content
    assert is_replayed(again)
    assert stub.chats == []


def test_an_answer_is_forgotten_after_some_days(server: Server, postgres: Postgres, scope: Json, key: str) -> None:
    table = f"memories_{server.flavour}_answers"
    add(server, key, scope, "Alex: Hi!")
    with postgres.connect() as connection:
        connection.execute(f"UPDATE {table} SET created_at = now() - interval '6 days 23 hours'")
        assert is_replayed(add(server, key, scope, "Alex: Hi!"))
        connection.execute(f"UPDATE {table} SET created_at = now() - interval '7 days 1 minute'")

        assert not is_replayed(add(server, key, scope, "Alex: Hi!"))

        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)
    assert is_replayed(add(server, key, scope, "Alex: Hi!"))


def test_adds_without_a_key_are_not_kept(server: Server, postgres: Postgres, scope: Json) -> None:
    table = f"memories_{server.flavour}_answers"
    with postgres.connect() as connection:
        before = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        server.added(scope, PRAGUE)
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == before
