"""What an add of the graph flavour says that it did to each memory, and what mem0 1.x would keep for itself."""

import json
import re
from collections.abc import Callable

import pytest

from conftest import graph_only
from openai_stub import OpenAiStub, kind_of
from server import Json, Server

pytestmark = graph_only

HOME, BEES, HARP = "Alex: my home is Prague.", "Alex: my home has bees.", "Alex: my home has a harp."


def act(stub: OpenAiStub, actions: Callable[[dict[str, str]], list[Json]]) -> None:
    """Lets the model answer to the second question with these actions, made of the numbers of the memories shown."""

    def say(chat: Json) -> str | None:
        if kind_of(chat) != "actions":
            return None
        shown = re.findall(r"\{'id': '(\d+)', 'text': '(.*?)'\}", chat["messages"][-1]["content"])
        return json.dumps({"memory": actions({text: number for number, text in shown})})

    stub.say = say


def stored(server: Server, scope: Json) -> dict[str, str]:
    """Three memories, by text."""
    return {text: server.added(scope, text)[0]["id"] for text in (HOME, BEES, HARP)}


def test_every_event_tells_what_was_stored_and_not_what_the_model_says(
    server: Server, stub: OpenAiStub, scope: Json
) -> None:
    ids = stored(server, scope)
    act(
        stub,
        lambda number: [
            {"id": number[HARP], "text": "wrong", "event": "DELETE"},
            {"id": number[HOME], "text": "Alex: my home is Brno.", "event": "UPDATE", "old_memory": "wrong"},
            {"id": number[BEES], "text": "wrong", "event": "NONE", "holds": "Alex: my home has many bees."},
            {"id": "9", "text": "Alex: my home is cold.", "event": "ADD"},
        ],
    )

    results = server.added(scope, "Alex: my home has many bees.")

    added = next(result for result in results if result["event"] == "ADD")
    assert sorted(results, key=lambda result: str(result["event"])) == [
        {"id": added["id"], "memory": "Alex: my home is cold.", "event": "ADD"},
        {"id": ids[HARP], "memory": HARP, "event": "DELETE"},
        {"id": ids[BEES], "memory": BEES, "event": "NONE"},
        {"id": ids[HOME], "memory": "Alex: my home is Brno.", "event": "UPDATE", "previous_memory": HOME},
    ]


def test_a_memory_that_is_only_left_as_it_is_is_not_named(server: Server, stub: OpenAiStub, scope: Json) -> None:
    """The model repeats all the memories that it was shown."""
    stored(server, scope)
    act(
        stub,
        lambda number: [
            {"id": number[HOME], "text": HOME, "event": "NONE"},
            {"id": number[BEES], "text": BEES, "event": "NONE", "holds": "something that nobody has said"},
            {"id": number[HARP], "text": HARP, "event": "NONE", "holds": ["Alex: my home is cold."]},
            {"id": "7", "text": "x", "event": "NONE", "holds": "Alex: my home is cold."},
        ],
    )

    assert server.added(scope, "Alex: my home is cold.") == []


def test_memories_found_by_several_facts_keep_their_numbers(server: Server, stub: OpenAiStub, scope: Json) -> None:
    ids = stored(server, scope)
    act(stub, lambda number: [{"id": number[text], "text": text, "event": "NONE"} for text in (HARP, HOME)])

    results = server.added(scope, HARP, "Seraphina: my home is the sea.", HOME)

    assert {result["id"]: (result["memory"], result["event"]) for result in results} == {
        ids[HARP]: (HARP, "NONE"),
        ids[HOME]: (HOME, "NONE"),
    }


def test_the_model_is_told_when_to_name_a_fact(server: Server, stub: OpenAiStub, scope: Json) -> None:
    server.added(scope, HOME)

    prompt = next(chat for chat in stub.chats if kind_of(chat) == "actions")["messages"][-1]["content"]
    assert "smart memory manager" in prompt, "mem0's own instructions"
    assert '"holds"' in prompt


@pytest.mark.parametrize(
    "action",
    [
        {"id": "0", "text": HOME, "event": "add"},
        {"id": "0", "text": ["Alex", "Prague"], "event": "ADD"},
        HOME,
    ],
    ids=["another event", "another text", "another shape"],
)
def test_an_action_that_mem0_passes_over_is_a_failure(
    server: Server, stub: OpenAiStub, scope: Json, action: Json
) -> None:
    act(stub, lambda _: [{"id": "1", "text": BEES, "event": "ADD"}, action])

    response = server.add(scope, HOME, "Seraphina: Nice!", BEES)

    assert (response.status_code, response.json()["undone"]) == (502, True), response.text
    assert "answer" in response.json()["detail"]
    assert server.listed(scope) == []


def test_an_update_of_a_memory_that_the_model_made_up_is_left_out(
    server: Server, stub: OpenAiStub, scope: Json
) -> None:
    act(stub, lambda _: [{"id": "0", "text": BEES, "event": "ADD"}, {"id": "7", "text": HOME, "event": "UPDATE"}])

    assert [result["memory"] for result in server.added(scope, HOME, "Seraphina: Nice!", BEES)] == [BEES]
    assert "the model updates 1 memories that it was not shown" in server.log
