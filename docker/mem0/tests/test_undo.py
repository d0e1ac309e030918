"""Adds that fail after they have stored a part: the server takes it back, so that they can be repeated whole."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from conftest import StartServer, a_scope, graph_only, vector_only
from databases import Postgres
from openai_stub import OpenAiStub, kind_of
from server import Json, Server, eventually

PRAGUE, NICE, BEES = "Alex: I live in Prague.", "Seraphina: Nice!", "Alex: I keep bees."


def rows(postgres: Postgres, server: Server, scope: Json) -> list[tuple[Any, ...]]:
    """All that PostgreSQL holds of a scope's memories."""
    table = f"memories_{server.flavour}"
    with postgres.connect() as connection:
        return connection.execute(
            f"SELECT id, vector::text, payload FROM {table} WHERE payload->>'user_id' = %s ORDER BY id",
            (scope["user_id"],),
        ).fetchall()


def failure(response: Any) -> tuple[int, str, bool | None]:
    """Status, code and whether it was undone."""
    body = response.json()
    return response.status_code, body.get("code"), body.get("undone")


def test_a_message_whose_embedding_fails_takes_the_others_back(server: Server, stub: OpenAiStub, scope: Json) -> None:
    stub.embedding_status = lambda text: 429 if text == BEES else 200

    response = server.add(scope, PRAGUE, NICE, BEES, infer=False)

    assert failure(response) == (502, "provider_rate_limited", True)
    assert server.listed(scope) == []
    stub.reset()
    assert len(server.added(scope, PRAGUE, NICE, BEES, infer=False)) == 3


def test_a_message_that_the_database_refuses_takes_the_others_back(
    server: Server, stub: OpenAiStub, scope: Json
) -> None:
    stub.dimensions = lambda text: 3 if text == BEES else 1536

    response = server.add(scope, PRAGUE, NICE, BEES, infer=False)

    assert failure(response) == (502, "unknown", True)
    assert "MEM0_EMBEDDING_DIMS" in response.json()["detail"]
    assert server.listed(scope) == []


@vector_only
def test_a_fact_whose_embedding_fails_takes_the_others_back(server: Server, stub: OpenAiStub, scope: Json) -> None:
    """mem0 catches it and stores the rest."""
    stub.embedding_status = lambda text: 500 if text == BEES else 200

    response = server.add(scope, PRAGUE, NICE, BEES)

    assert failure(response) == (502, "provider_unavailable", True)
    assert server.listed(scope) == []


@vector_only
def test_a_fact_that_the_database_refuses_takes_the_others_back(server: Server, stub: OpenAiStub, scope: Json) -> None:
    stub.dimensions = lambda text: 3 if text == BEES else 1536

    response = server.add(scope, PRAGUE, NICE, BEES)

    assert failure(response) == (502, "unknown", True)
    assert server.listed(scope) == []


@vector_only
def test_a_repeat_does_not_look_as_if_it_had_been_said_before(server: Server, stub: OpenAiStub, scope: Json) -> None:
    """mem0 2.x shows the model the last messages of the scope, and it leaves out what they say."""
    stub.embedding_status = lambda text: 500 if text == BEES else 200
    server.add(scope, PRAGUE, NICE, BEES)
    stub.reset()

    assert len(server.added(scope, PRAGUE, NICE, BEES)) == 2

    before, new = stub.chats[0]["messages"][-1]["content"].split("## New Messages")
    assert BEES not in before
    assert BEES in new


def actions(*entries: Json) -> str:
    """What the model answers to mem0 1.x's second question."""
    return json.dumps({"memory": list(entries)})


@graph_only
def test_updates_and_deletions_are_taken_back_too(
    server: Server, stub: OpenAiStub, postgres: Postgres, scope: Json
) -> None:
    [prague] = server.added(scope, "Alex: my home is Prague.", metadata={"batch_id": "b1", "weight": 1e22})
    [bees] = server.added(scope, "Alex: my home has bees.", metadata={"batch_id": "b2"})
    before = rows(postgres, server, scope)
    answered = []

    def answer(chat: Json) -> str | None:
        if kind_of(chat) != "actions":
            return None
        shown = chat["messages"][-1]["content"]
        first, second = ("0", "1") if shown.index("Prague") < shown.index("bees") else ("1", "0")
        answered.append(shown)
        return actions(
            {"id": "2", "text": "Alex: my home is old.", "event": "ADD"},
            {"id": first, "text": "Alex: my home is Brno.", "event": "UPDATE", "old_memory": "?"},
            {"id": second, "text": "Alex: my home has bees.", "event": "DELETE"},
            {"id": "3", "text": "Alex: my home is cold.", "event": "ADD"},
        )

    stub.say = answer
    stub.embedding_status = lambda text: 429 if text == "Alex: my home is cold." else 200
    response = server.add(scope, "Alex: my home is far.", metadata={"batch_id": "b3"})

    assert answered
    assert failure(response) == (502, "provider_rate_limited", True)
    assert rows(postgres, server, scope) == before
    for memory in (prague, bees):
        history = server.http.get(f"/memories/{memory['id']}/history").json()
        assert [change["event"] for change in history] == ["ADD"]


@graph_only
def test_a_failure_of_the_graph_takes_the_memories_back(server: Server, stub: OpenAiStub, scope: Json) -> None:
    stub.chat_status = lambda chat: 429 if chat.get("tools") else 200

    response = server.add(scope, PRAGUE)

    assert failure(response) == (502, "provider_rate_limited", True)
    assert server.listed(scope) == []


def test_a_failure_of_the_history_takes_the_memories_back(start_server: StartServer, tmp_path: Path) -> None:
    """mem0 1.x catches it and leaves out the memory, which is stored, from its results."""
    server, scope = start_server(), a_scope()
    server.added(scope, PRAGUE)
    with sqlite3.connect(tmp_path / f"history-{server.flavour}" / "history.db") as history:
        history.execute("DROP TABLE history")
    history.close()

    response = server.add(scope, BEES)

    assert failure(response) == (502, "datastore_unavailable", True)
    assert [memory["memory"] for memory in server.listed(scope)] == [PRAGUE]


def test_what_cannot_be_taken_back_is_told_and_logged(
    server: Server, stub: OpenAiStub, postgres: Postgres, scope: Json
) -> None:
    def stop(text: str) -> int:
        if text != BEES:
            return 200
        postgres.stop()
        return 429

    stub.embedding_status = stop
    try:
        response = server.add(scope, PRAGUE, NICE, BEES, infer=False)
    finally:
        postgres.start()

    assert failure(response) == (502, "unknown", False)
    assert "rate limit" in response.json()["detail"]
    eventually(lambda: server.http.get("/ready").status_code == 200)
    left = server.listed(scope)
    assert {memory["memory"] for memory in left} == {PRAGUE, NICE}
    [line] = [line for line in server.log.splitlines() if left[0]["id"] in line]
    assert "not undone" in line
    assert left[1]["id"] in line
    assert "Prague" not in server.log


@pytest.mark.parametrize("deleted", [False, True], ids=["changed", "deleted"])
def test_what_someone_else_has_changed_meanwhile_stays(
    server: Server, stub: OpenAiStub, scope: Json, deleted: bool
) -> None:
    def meddle(text: str) -> int:
        if text != BEES:
            return 200
        [memory] = server.listed(scope)
        path = f"/memories/{memory['id']}"
        response = server.http.delete(path) if deleted else server.http.put(path, json={"text": "Alex: I left."})
        assert response.status_code == 200
        return 429

    stub.embedding_status = meddle
    response = server.add(scope, PRAGUE, BEES, infer=False)

    assert failure(response) == ((502, "provider_rate_limited", True) if deleted else (502, "unknown", False))
    assert [memory["memory"] for memory in server.listed(scope)] == ([] if deleted else ["Alex: I left."])


def test_a_failure_before_anything_was_stored_has_nothing_to_undo(
    server: Server, stub: OpenAiStub, scope: Json
) -> None:
    stub.chat_status = lambda _: 429

    assert failure(server.add(scope, PRAGUE)) == (502, "provider_rate_limited", None)
