"""Storing, finding, changing and deleting memories."""

import json
import uuid
from typing import Any

from conftest import a_scope, graph_only, vector_only
from openai_stub import OpenAiStub, kind_of
from server import Json, Server


def test_add_keeps_the_facts_of_both_sides(server: Server, scope: Json) -> None:
    results = server.added(scope, "Alex: I live in Prague.", "Seraphina: I fear the sea.")

    assert [result["event"] for result in results] == ["ADD", "ADD"]
    assert {result["memory"] for result in results} == {"Alex: I live in Prague.", "Seraphina: I fear the sea."}
    assert {memory["id"] for memory in server.listed(scope)} == {result["id"] for result in results}


def test_add_with_nothing_to_remember_returns_no_results(server: Server, scope: Json) -> None:
    assert server.added(scope, "Alex: Hi!", "Seraphina: Who are you?") == []
    assert server.listed(scope) == []


def test_add_without_inference_stores_the_messages_as_they_are(server: Server, stub: OpenAiStub, scope: Json) -> None:
    results = server.added(scope, "Alex: Hi!", "Seraphina: Who are you?", infer=False)

    assert [result["memory"] for result in results] == ["Alex: Hi!", "Seraphina: Who are you?"]
    assert stub.chats == []


def test_add_gives_the_instructions_of_the_request_to_the_model(server: Server, stub: OpenAiStub, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.", prompt="This conversation took place on 2024-05-01.")

    extraction = next(chat for chat in stub.chats if kind_of(chat) in {"facts", "memories"})
    assert "took place on 2024-05-01" in str(extraction["messages"])


def test_the_same_fact_is_not_stored_twice(server: Server, scope: Json) -> None:
    [first] = server.added(scope, "Alex: I live in Prague.")
    again = server.added(scope, "Alex: I live in Prague.")

    assert again == ([first | {"event": "NONE"}] if server.is_graph else [])
    assert len(server.listed(scope)) == 1


def test_a_memory_carries_its_ids_metadata_and_times(server: Server, scope: Json) -> None:
    metadata = {"turn_ids": ["t1", "t2"], "batch_id": "b1", "created_at": "2024-05-01T12:00:00+00:00"}
    [result] = server.added(scope, "Alex: I live in Prague.", metadata=metadata)

    memory = server.get(result["id"])
    assert memory is not None
    assert memory["id"] == result["id"]
    assert memory["memory"] == "Alex: I live in Prague."
    assert {name: memory[name] for name in scope} == scope
    assert memory["metadata"] == {"turn_ids": ["t1", "t2"], "batch_id": "b1"}
    assert memory["created_at"] == "2024-05-01T12:00:00+00:00"


def test_ids_in_the_metadata_do_not_move_a_memory(server: Server) -> None:
    scope, other = a_scope(), a_scope()
    server.added({"user_id": scope["user_id"]}, "Alex: I live in Prague.", metadata={"agent_id": other["user_id"]})

    assert server.listed({"agent_id": other["user_id"]}) == []


def test_an_unknown_memory_is_null(server: Server) -> None:
    assert server.get(str(uuid.uuid4())) is None
    assert server.get("not-a-uuid") is None


def test_search_ranks_by_meaning(server: Server, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.", "Seraphina: I play the harp.", "Alex: My dog is called Bruno.")

    hits = server.search(scope, "what is the dog called")

    assert hits[0]["memory"] == "Alex: My dog is called Bruno."
    scores = [hit["score"] for hit in hits]
    assert scores == sorted(scores, reverse=not server.is_graph)


def test_search_works_in_other_scripts(server: Server, scope: Json) -> None:
    server.added(scope, "小明: 我住在布拉格。", "塞拉菲娜: 我喜欢弹竖琴。")

    assert server.search(scope, "住在哪里")[0]["memory"] == "小明: 我住在布拉格。"


def test_what_no_database_can_hold_does_not_lose_the_rest_of_a_text(server: Server, scope: Json) -> None:
    def sent(method: str, path: str, **body: Any) -> Any:
        # json.dumps escapes it all; httpx would refuse to.
        return server.http.request(method, path, content=json.dumps(body), headers={"Content-Type": "application/json"})

    message = {"role": "user", "content": "Alex: I live\0 in Prague \ud83d."}
    [result] = sent("POST", "/memories", messages=[message], infer=False, **scope).json()["results"]
    [hit] = sent("POST", "/search", query="Prague\0 \ud83d", **scope).json()["results"]
    changed = sent("PUT", f"/memories/{result['id']}", text="Alex: I live in\0 Brno.")

    assert result["memory"] == "Alex: I live in Prague ?."
    assert hit["id"] == result["id"]
    assert changed.status_code == 200


def test_search_sees_only_its_scope(server: Server) -> None:
    one, two = a_scope(), a_scope()
    server.added(one, "Alex: I live in Prague.")
    server.added(two, "Kim: I live in Oslo.")

    assert [hit["memory"] for hit in server.search(one, "live in")] == ["Alex: I live in Prague."]
    assert server.search(one | {"agent_id": "another"}, "live in") == []


def test_search_filters_by_metadata(server: Server, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.", metadata={"batch_id": "b1", "first": True})
    server.added(scope, "Alex: I live in a small house.", metadata={"batch_id": "b2", "first": False})

    assert len(server.search(scope, "live", filters={"batch_id": "b2"})) == 1
    assert len(server.search(scope, "live", filters={"first": True})) == 1


def test_the_number_of_results_can_be_limited(server: Server, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.", "Seraphina: I live in Prague too.", "Alex: Prague is old.")
    limit = "limit" if server.is_graph else "top_k"

    assert len(server.search(scope, "Prague", **{limit: 2})) == 2
    assert len(server.listed(scope, **{limit: 2})) == 2
    assert len(server.listed(scope, top_k=1)) == 1


def test_update_changes_the_text_and_merges_metadata(server: Server, scope: Json) -> None:
    [result] = server.added(scope, "Alex: I live in Prague.", metadata={"batch_id": "b1", "mood": "calm"})

    response = server.http.put(
        f"/memories/{result['id']}", json={"text": "Alex: I live in Brno.", "metadata": {"mood": "sad"}}
    )

    assert response.json() == {"message": "Memory updated successfully!"}
    memory = server.get(result["id"])
    assert memory is not None
    assert memory["memory"] == "Alex: I live in Brno."
    assert memory["metadata"] == {"batch_id": "b1", "mood": "sad"}
    assert {name: memory[name] for name in scope} == scope
    assert server.search(scope, "Brno")[0]["id"] == result["id"]


def test_history_tells_every_change_even_after_deletion(server: Server, scope: Json) -> None:
    [result] = server.added(scope, "Alex: I live in Prague.")
    server.http.put(f"/memories/{result['id']}", json={"text": "Alex: I live in Brno."})
    server.http.delete(f"/memories/{result['id']}")

    history = server.http.get(f"/memories/{result['id']}/history").json()

    assert [change["event"] for change in history] == ["ADD", "UPDATE", "DELETE"]
    assert [change["new_memory"] for change in history] == ["Alex: I live in Prague.", "Alex: I live in Brno.", None]


def test_a_deleted_memory_is_gone_and_cannot_be_deleted_again(server: Server, scope: Json) -> None:
    [result] = server.added(scope, "Alex: I live in Prague.")

    first = server.http.delete(f"/memories/{result['id']}")
    second = server.http.delete(f"/memories/{result['id']}")

    assert (first.status_code, first.json()) == (200, {"message": "Memory deleted successfully"})
    assert second.status_code == 404
    assert "not found" in second.json()["detail"]
    assert server.get(result["id"]) is None
    assert server.search(scope, "Prague") == []


def test_deleting_a_scope_deletes_all_of_it_and_nothing_else(server: Server) -> None:
    scope = a_scope()
    other = scope | {"agent_id": "another"}
    server.added(scope, *[f"Alex: Number {number}." for number in range(101)], infer=False)
    server.added(other, "Alex: I live in Prague.", infer=False)

    response = server.http.delete("/memories", params=scope)

    assert (response.status_code, response.json()) == (200, {"message": "All relevant memories deleted"})
    assert server.listed(scope) == []
    assert len(server.listed(other)) == 1


def test_a_scope_can_be_an_agent_alone(server: Server) -> None:
    scope = {"agent_id": a_scope()["user_id"]}
    [result] = server.added(scope, "Alex: I live in Prague.")

    assert [hit["id"] for hit in server.search(scope, "Prague")] == [result["id"]]
    assert [memory["id"] for memory in server.listed(scope)] == [result["id"]]
    assert server.http.delete("/memories", params=scope).status_code == 200
    assert server.listed(scope) == []


@vector_only
def test_ids_with_whitespace_are_refused_by_the_vector_flavour(server: Server) -> None:
    response = server.add({"user_id": "two words"}, "Alex: I live in Prague.")

    assert response.status_code == 400
    assert response.json()["detail"].startswith("Invalid user_id: cannot contain whitespace")


@graph_only
def test_ids_with_whitespace_are_accepted_by_the_graph_flavour(server: Server) -> None:
    scope = a_scope(agent_id="two words")
    server.added(scope, "Alex: I live in Prague.")

    assert len(server.listed(scope)) == 1
