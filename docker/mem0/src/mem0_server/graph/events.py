"""What an add of mem0ai 1.x did to each memory, and whether it did all that its model asked for."""

import logging
from typing import Any, Final

from mem0.configs.prompts import DEFAULT_UPDATE_MEMORY_PROMPT
from mem0.memory.utils import normalize_facts

from mem0_server.errors import UnreadableAnswerError
from mem0_server.losses import WatchedCall
from mem0_server.service import Json

logger = logging.getLogger(__name__)

# The model repeats every memory that it was shown, also those that no fact is about, so that NONE alone says
# only that a memory is left as it is.
UPDATE_PROMPT: Final = f"""{DEFAULT_UPDATE_MEMORY_PROMPT}
An entry with the event "NONE" has one more key, "holds", if one of the new retrieved facts is already present in \
that memory: that fact, word for word. It has no such key if the memory has nothing to do with the new facts.
"""
"""mem0's instructions for its second question, and one that makes NONE tell what it is about."""


def events_of(results: list[Json], call: WatchedCall) -> list[Json]:
    """The results, with what was really stored before, and with the memories that held a fact already.

    :param results: those of mem0, which takes the old texts from the model and leaves NONE out
    :raises UnreadableAnswerError: if mem0 left something out without a word
    """
    for result in results:
        if result["event"] == "UPDATE":
            result["previous_memory"] = call.changes.text_before(result["id"])
        elif result["event"] == "DELETE":
            result["memory"] = call.changes.text_before(result["id"])
    # mem0 shows the memories that it found to the model under numbers.
    shown = dict(zip(map(str, range(len(call.found))), call.found, strict=True))
    actions = call.answers.get("memory", [])
    _check(actions, results, shown)
    return results + _held(actions, results, shown, call)


def _check(actions: list[Any], results: list[Json], shown: dict[str, str]) -> None:
    if not all(isinstance(action, dict) for action in actions):
        raise UnreadableAnswerError("not the list of objects that was asked for")
    wanted = [action for action in actions if action.get("text") and _event(action) in {"ADD", "UPDATE"}]
    strangers = [action for action in wanted if _event(action) == "UPDATE" and _memory_id(action, shown) is None]
    if strangers:
        # A repeat would ask the same model the same, so that it is no failure.
        logger.warning("the model updates %d memories that it was not shown; mem0 leaves them out", len(strangers))
    done = [result for result in results if result["event"] in {"ADD", "UPDATE"}]
    if len(done) < len(wanted) - len(strangers):
        raise UnreadableAnswerError("mem0 could not do all that it asks for")


def _held(actions: list[Json], results: list[Json], shown: dict[str, str], call: WatchedCall) -> list[Json]:
    facts = normalize_facts(call.answers.get("facts", []))
    named = {result["id"] for result in results}
    held: dict[str, Json] = {}
    for action in actions:
        memory_id = _memory_id(action, shown)
        if memory_id is None or memory_id in named or _event(action) != "NONE":
            continue
        text = call.found[memory_id]
        if action.get("holds") in facts or text in facts:
            held[memory_id] = {"id": memory_id, "memory": text, "event": "NONE"}
    return list(held.values())


def _event(action: Json) -> str:
    # mem0 does nothing about "add", without a word.
    return str(action.get("event")).upper()


def _memory_id(action: Json, shown: dict[str, str]) -> str | None:
    given = action.get("id")
    return shown.get(given) if isinstance(given, str) else None
