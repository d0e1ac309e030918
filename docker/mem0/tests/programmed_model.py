"""The stand-in for the model, answering as a list of rules says, and counting what it was asked."""

import json
import threading
from dataclasses import dataclass
from typing import Any

from openai_stub import Json, OpenAiStub, error, kind_of, question

_GRAPH = "graph"
_EMBEDDING = "embedding"


@dataclass(frozen=True)
class Call:
    """One call of mem0's.

    :param kind: ``facts`` and ``actions`` (1.x), ``memories`` (2.x), ``graph`` (1.x) or ``embedding``
    :param said: what it is about, without the instructions and without what mem0 knew before
    """

    kind: str
    said: str

    @staticmethod
    def of(path: str, body: Json) -> "Call":
        """The call that a request is."""
        if path.endswith("/embeddings"):
            texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
            return Call(_EMBEDDING, "\n".join(texts))
        kind, last = kind_of(body), body["messages"][-1]["content"]
        if kind == "memories":
            return Call(kind, last.split("## New Messages\n")[1].split("\n\n## ")[0])
        if kind == "actions":
            return Call(kind, "\n".join(question(last)[0]))
        return Call(kind, last) if kind == "facts" else Call(_GRAPH, last)


@dataclass
class Rule:
    """How calls of a kind are answered. What a rule does not say stays as usual.

    :param kinds: of the calls
    :param containing: what a call has to be about
    :param longer_than: characters that a call has to be longer than
    :param times: for how many calls it holds; None for all
    :param wait: seconds until the answer, less if the model is released meanwhile
    :param status: of the answer, if it is to be an error
    :param say: what the model says
    :param cut: whether its usual answer is cut off in the middle
    :param merges: of ``actions``, what becomes of memories: see :class:`Merge`
    """

    kinds: list[str]
    containing: str = ""
    longer_than: int = -1
    times: int | None = None
    wait: float = 0
    status: int = 200
    say: str | None = None
    cut: bool = False
    merges: "list[Merge] | None" = None

    @staticmethod
    def of(fields: Json) -> "Rule":
        """The rule that a JSON object is."""
        merges = [Merge(**merge) for merge in fields.get("merges", [])]
        return Rule(**fields | {"merges": merges})

    def is_about(self, call: Call) -> bool:
        """Whether it holds for a call."""
        return (
            self.times != 0
            and call.kind in self.kinds
            and self.containing in call.said
            and len(call.said) > self.longer_than
        )


@dataclass(frozen=True)
class Merge:
    """What mem0 1.x is told to do about a fact, where it shows the model a memory that the fact bears upon.

    :param fact: text in the fact
    :param memory: text in the memory
    :param event: ``UPDATE``, ``DELETE`` or ``NONE``
    """

    fact: str
    memory: str
    event: str

    def action(self, fact: str, memories: dict[str, str]) -> Json | None:
        """The action, or None if this is not about the fact or no such memory is shown."""
        if self.fact not in fact:
            return None
        for text, number in memories.items():
            if self.memory in text and text != fact:
                new = fact if self.event == "UPDATE" else text
                return {"id": number, "text": new, "event": self.event, "old_memory": text, "holds": fact}
        return None


class ProgrammedModel(OpenAiStub):
    """The endpoint. The first rule that holds for a call is the one that counts."""

    def reset(self) -> None:
        """Back to an endpoint without rules, and no calls seen."""
        super().reset()
        self.calls: list[Call] = []
        self._choosing = threading.Lock()
        self._released = threading.Event()
        self._rules: list[Rule] = []

    def program(self, rules: list[Rule]) -> None:
        """Takes these rules in place of those before, which holds for calls that come from now on."""
        with self._choosing:
            self._rules = rules
            self._released = threading.Event()

    def release(self) -> None:
        """Answers all calls that wait, and those to come, without waiting."""
        self._released.set()

    def answer(self, path: str, body: Json) -> tuple[int, Json]:
        """As the endpoint does, by the rules."""
        call = Call.of(path, body)
        with self._choosing:
            self.calls.append(call)
            released = self._released
            rule = next((rule for rule in self._rules if rule.is_about(call)), None)
            if rule is None:
                return super().answer(path, body)
            if rule.times is not None:
                rule.times -= 1
        if rule.wait:
            released.wait(rule.wait)
        if rule.status != 200:
            return rule.status, error(rule.status)
        status, answer = super().answer(path, body)
        if call.kind != _EMBEDDING:
            message = answer["choices"][0]["message"]
            message["content"] = _said(rule, body, message["content"])
        return status, answer


def _said(rule: Rule, body: Json, usual: Any) -> Any:
    if rule.say is not None:
        return rule.say
    if rule.cut:
        return usual[: len(usual) // 2]
    if not rule.merges:
        return usual
    memories = question(body["messages"][-1]["content"])[1]
    actions = [
        next((action for merge in rule.merges if (action := merge.action(entry["text"], memories))), entry)
        for entry in json.loads(usual)["memory"]
    ]
    return json.dumps({"memory": actions})
