"""What only mem0ai 1.x has."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import neo4j as driver
from conftest import StartServer, graph_only
from databases import Neo4j
from openai_stub import OpenAiStub, kind_of
from server import Json, Server

pytestmark = graph_only


def relations(database: Neo4j, scope: Json) -> list[tuple[Any, ...]]:
    """The relations of a user in Neo4j, and whether each is valid."""
    query = "MATCH (a {user_id: $user})-[r]->(b) RETURN a.name, type(r), b.name, r.valid ORDER BY b.name"
    with driver.GraphDatabase.driver(database.uri, auth=("neo4j", "any")) as graph:
        return [tuple(record) for record in graph.execute_query(query, user=scope["user_id"]).records]


def test_setup_status_is_not_there(server: Server) -> None:
    assert server.http.get("/auth/setup-status").status_code == 404


def test_add_puts_relations_into_neo4j(server: Server, neo4j: Neo4j, scope: Json) -> None:
    response = server.add(scope, "Alex: My home is Prague.")

    assert response.json()["relations"]["added_entities"]
    assert ("alex", "mentions", "prague", True) in relations(neo4j, scope)


def test_an_add_that_fails_leaves_nothing_in_the_graph(
    server: Server, stub: OpenAiStub, neo4j: Neo4j, scope: Json
) -> None:
    stub.chat_status = lambda chat: 429 if kind_of(chat) == "actions" else 200

    assert server.add(scope, "Alex: My home is Prague.").status_code == 502
    assert relations(neo4j, scope) == []


def test_a_graph_that_fails_midway_is_left_as_it_was(
    server: Server, stub: OpenAiStub, neo4j: Neo4j, scope: Json
) -> None:
    server.added(scope, "Alex: My home is Prague.")
    before = relations(neo4j, scope)
    statuses = iter([200])
    stub.embedding_status = lambda text: next(statuses, 429) if text == "bruno" else 200

    response = server.add(scope, "Alex: My dog came from Brno with Bruno.")

    assert (response.status_code, response.json()["undone"]) == (502, True)
    assert "brno" in stub.embedded
    assert relations(neo4j, scope) == before
    stub.reset()
    server.added(scope, "Alex: My dog came from Brno with Bruno.")
    assert len(relations(neo4j, scope)) > len(before)


def test_adds_of_one_scope_at_the_same_time_do_not_break_each_other_off(server: Server, scope: Json) -> None:
    with ThreadPoolExecutor(4) as clients:
        adds = [
            clients.submit(server.add, scope, f"Alex: My home near Prague and Brno with Bruno has {number} bees.")
            for number in range(12)
        ]

    assert [add.result().status_code for add in adds] == [200] * 12


def test_the_graph_is_listed_with_the_memories(server: Server, scope: Json) -> None:
    server.added(scope, "Alex: my home is Prague.")

    listed = server.http.get("/memories", params=scope).json()
    assert listed["relations"] == [{"source": "alex", "relationship": "mentions", "target": "prague"}]


def test_search_asks_neither_graph_nor_model_by_default(server: Server, stub: OpenAiStub, scope: Json) -> None:
    server.added(scope, "Alex: my home is Prague.")
    stub.chats.clear()

    response = server.http.post("/search", json={"query": "Where is the home of Alex", **scope})

    assert len(response.json()["results"]) == 1
    assert response.json()["relations"] == []
    assert stub.chats == []


def test_search_returns_relations_where_configured(start_server: StartServer, stub: OpenAiStub, scope: Json) -> None:
    server = start_server(MEM0_GRAPH_SEARCH="true")
    server.added(scope, "Alex: my home is Prague.")
    stub.chats.clear()

    response = server.http.post("/search", json={"query": "Where is the home of Alex", **scope})

    assert response.json()["relations"] == [{"source": "alex", "relationship": "mentions", "destination": "prague"}]
    assert [kind_of(chat) for chat in stub.chats] == ["extract_entities"]
    assert server.search({"agent_id": scope["agent_id"]}, "home")


def test_deletion_invalidates_what_the_memory_says_in_the_graph(server: Server, neo4j: Neo4j, scope: Json) -> None:
    [result] = server.added(scope, "Alex: my home is Prague.")

    assert server.http.delete(f"/memories/{result['id']}").status_code == 200

    assert relations(neo4j, scope) == [("alex", "mentions", "prague", False)]


def test_a_deletion_that_fails_in_the_graph_can_be_repeated(
    server: Server, stub: OpenAiStub, neo4j: Neo4j, scope: Json
) -> None:
    [result] = server.added(scope, "Alex: my home is Prague.")
    stub.chat_status = lambda _: 500

    failed = server.http.delete(f"/memories/{result['id']}")
    stub.reset()
    repeated = server.http.delete(f"/memories/{result['id']}")

    assert (failed.status_code, failed.json()["code"]) == (502, "provider_unavailable")
    assert repeated.status_code == 200
    assert relations(neo4j, scope) == [("alex", "mentions", "prague", False)]


def test_deleting_a_scope_deletes_its_graph(server: Server, neo4j: Neo4j, scope: Json) -> None:
    server.added(scope, "Alex: my home is Prague.")

    server.http.delete("/memories", params=scope)

    assert relations(neo4j, scope) == []


def test_memories_without_a_user_stay_out_of_the_graph(server: Server, stub: OpenAiStub) -> None:
    server.added({"agent_id": "graphless"}, "Alex: my home is Prague.")

    assert {kind_of(chat) for chat in stub.chats} == {"facts", "actions"}


def test_scores_are_distances_and_the_threshold_is_a_similarity(server: Server, scope: Json) -> None:
    server.added(scope, "Alex: my home is Prague.", "Seraphina: bananas grow slowly.")

    hits = server.search(scope, "Alex: my home is Prague.", threshold=0.9)

    assert [hit["memory"] for hit in hits] == ["Alex: my home is Prague."]
    assert hits[0]["score"] == pytest.approx(0, abs=1e-6)


def test_the_model_is_told_the_date_of_the_day(server: Server, stub: OpenAiStub, scope: Json) -> None:
    server.added(scope, "Alex: my home is Prague.")

    facts = next(chat for chat in stub.chats if kind_of(chat) == "facts")
    assert "Today's date is 2" in facts["messages"][0]["content"]
    assert facts["messages"][0]["content"].count("{") == facts["messages"][0]["content"].count("}")


def test_filters_with_operators_are_refused(server: Server, scope: Json) -> None:
    body = {"query": "home", **scope, "filters": {"turn_ids": {"contains": "t1"}}}
    response = server.http.post("/search", json=body)

    assert response.status_code == 400
    assert "turn_ids" in response.json()["detail"]


@pytest.mark.parametrize(
    "call",
    [
        lambda server, scope: server.add(scope, "Alex: Hi.", expiration_date="2999-01-01"),
        lambda server, _: server.http.put("/memories/x", json={"text": "Hi.", "expiration_date": "2000-01-01"}),
    ],
    ids=["add", "update"],
)
def test_an_expiration_date_is_refused(server: Server, scope: Json, call: Callable[[Server, Json], Any]) -> None:
    response = call(server, scope)

    assert response.status_code == 400
    assert "expiration_date" in response.json()["detail"]


def test_an_update_needs_a_text(server: Server, scope: Json) -> None:
    [result] = server.added(scope, "Alex: my home is Prague.")

    assert server.http.put(f"/memories/{result['id']}", json={"metadata": {"a": 1}}).status_code == 422


def test_mem0s_own_prompt_is_used_where_configured_and_drops_what_the_user_says(
    start_server: StartServer, scope: Json
) -> None:
    server = start_server(MEM0_FACT_PROMPT="mem0")

    results = server.added(scope, "Alex: I live in Prague.", "Seraphina: I grew up by the sea.")

    assert [result["memory"] for result in results] == ["Seraphina: I grew up by the sea."]
    assert server.http.get("/ready").json()["fact_prompt"] == "mem0"
