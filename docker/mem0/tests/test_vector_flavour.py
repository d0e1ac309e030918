"""What only mem0ai 2.x has."""

from conftest import vector_only
from databases import Postgres
from server import Json, Server

pytestmark = vector_only


def test_setup_status_tells_the_generation_without_a_key(server: Server) -> None:
    response = server.http.get("/auth/setup-status", headers={"X-API-Key": "wrong"})

    assert (response.status_code, response.json()) == (200, {"needsSetup": False})


def test_search_explains_its_scores(server: Server, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.")

    [hit] = server.search(scope, "where does Alex live", explain=True)

    assert 0 < hit["score"] <= 1
    assert set(hit["score_details"]) >= {"semantic_score", "bm25_score", "final_score", "threshold"}


def test_search_takes_ids_at_the_top_level_too(server: Server, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.")

    response = server.http.post("/search", json={"query": "Prague", **scope})

    assert len(response.json()["results"]) == 1
    assert "relations" not in response.json()


def test_search_filters_with_operators(server: Server, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.", metadata={"turn_ids": ["t1", "t2"]})
    server.added(scope, "Alex: I like Prague.", metadata={"turn_ids": ["t3"]})

    [hit] = server.search(scope, "Prague", filters={"turn_ids": {"contains": '"t3"'}})

    assert hit["memory"] == "Alex: I like Prague."


def test_an_expired_memory_is_hidden_until_it_is_restored(server: Server, scope: Json) -> None:
    [result] = server.added(scope, "Alex: I live in Prague.", metadata={"batch_id": "b1"})
    path = f"/memories/{result['id']}"

    assert server.http.put(path, json={"expiration_date": "2000-01-01"}).status_code == 200
    assert server.search(scope, "Prague") == []
    assert server.listed(scope) == []
    assert len(server.listed(scope, show_expired=True)) == 1
    assert len(server.search(scope, "Prague", show_expired=True)) == 1

    assert server.http.put(path, json={"expiration_date": None}).status_code == 200
    [hit] = server.search(scope, "Prague")
    assert hit["metadata"]["batch_id"] == "b1"


def test_a_memory_can_be_added_with_an_expiration_date(server: Server, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.", expiration_date="2999-01-01")

    [memory] = server.listed(scope)
    assert memory["expiration_date"] == "2999-01-01"
    assert server.add(scope, "Alex: Hi.", expiration_date="soon").status_code == 400


def test_metadata_alone_can_be_updated(server: Server, scope: Json) -> None:
    [result] = server.added(scope, "Alex: I live in Prague.", metadata={"batch_id": "b1"})

    assert server.http.put(f"/memories/{result['id']}", json={"metadata": {"seen": 1}}).status_code == 200

    memory = server.get(result["id"])
    assert memory is not None
    assert memory["metadata"] == {"batch_id": "b1", "seen": 1}


def test_an_update_of_nothing_is_refused(server: Server, scope: Json) -> None:
    [result] = server.added(scope, "Alex: I live in Prague.")

    assert server.http.put(f"/memories/{result['id']}", json={}).status_code == 400


def test_the_list_has_twenty_memories_by_default(server: Server, scope: Json) -> None:
    server.added(scope, *[f"Alex: Number {number}." for number in range(25)], infer=False)

    assert len(server.listed(scope)) == 20
    assert len(server.listed(scope, top_k=1000)) == 25


def test_the_configuration_is_shown_without_secrets(server: Server) -> None:
    response = server.http.get("/configure")

    assert response.status_code == 200
    assert response.json()["embedder"]["config"]["model"] == "text-embedding-3-small"
    assert "sk-stub" not in response.text
    assert Postgres.password not in response.text


def test_a_reasoning_model_is_not_sent_a_temperature(server: Server, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.")

    assert server.http.get("/configure").json()["llm"]["config"]["is_reasoning_model"] is True
