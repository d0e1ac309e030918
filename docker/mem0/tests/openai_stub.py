"""A stand-in for an OpenAI-compatible endpoint: no model, but answers that are of use.

Embeddings are hashed bags of words, so that texts with words in common are
near each other and search really ranks. The chat endpoint knows the prompts of
mem0ai 1.x and 2.x and takes each statement of a conversation for a fact.

Run it alone with ``python openai_stub.py PORT``. It needs nothing but Python.
"""

import ast
import json
import math
import re
import sys
import threading
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

type Json = dict[str, Any]

DIMENSIONS = 1536
_COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "at",
        "do",
        "does",
        "for",
        "has",
        "have",
        "i",
        "in",
        "is",
        "it",
        "my",
        "of",
        "on",
        "the",
        "to",
        "user",
        "what",
        "where",
        "who",
        "with",
        "you",
    ]
)
_ONLY_ASSISTANT = "SOLELY BASED ON THE ASSISTANT'S MESSAGES"
_ONLY_USER = "SOLELY BASED ON THE USER'S MESSAGES"


def embedding(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """A vector of length 1; texts with words in common have a small cosine distance."""
    vector = [0.0] * dimensions
    for word in re.findall(r"[a-z0-9]+|[^\W\da-z_]", text.lower()):
        vector[zlib.crc32(word.encode()) % dimensions] += 0.1 if word in _COMMON else 1.0
    length = math.sqrt(sum(value * value for value in vector))
    if length == 0:
        vector[0] = length = 1.0
    return [value / length for value in vector]


class OpenAiStub:
    """The endpoint, on a free port of this machine. Settings take effect at once."""

    def __init__(self, port: int = 0) -> None:
        self.reset()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = stub.answer(self.path, body)
                payload = json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(payload)))
                    self.end_headers()
                    self.wfile.write(payload)
                except ConnectionError:
                    self.close_connection = True  # the caller gave up waiting

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """The value for OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def reset(self) -> None:
        """Back to an endpoint without faults, and no calls seen."""
        self.chats: list[Json] = []
        """The bodies of the chat calls so far."""
        self.embedded: list[str] = []
        """The texts embedded so far."""
        self.chat_status: Callable[[Json], int] = lambda _: 200
        """The status of a chat call, by its body."""
        self.embedding_status: Callable[[str], int] = lambda _: 200
        """The status of an embedding call, by its first text."""
        self.dimensions: Callable[[str], int] = lambda _: DIMENSIONS
        """The length of a text's vector."""
        self.say: Callable[[Json], str | None] = lambda _: None
        """What to answer to a chat call instead of the usual; None for the usual."""
        self.hold = threading.Event()
        """Chat calls wait until it is set."""
        self.hold.set()
        self.busy = 0
        """Chat calls that are waiting now."""
        self.most_busy = 0
        """The most of them at one time."""
        self._counting = threading.Lock()

    def close(self) -> None:
        """Stops it."""
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, body: Json) -> tuple[int, Json]:
        """Status and body for a request."""
        if path.endswith("/embeddings"):
            return self._embeddings(body)
        return self._chat(body)

    def _embeddings(self, body: Json) -> tuple[int, Json]:
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        self.embedded += texts
        status = next((status for status in map(self.embedding_status, texts) if status != 200), 200)
        if status != 200:
            return status, error(status)
        data = [
            {"index": index, "embedding": embedding(text, self.dimensions(text))} for index, text in enumerate(texts)
        ]
        return 200, {
            "object": "list",
            "data": data,
            "model": body["model"],
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }

    def _chat(self, body: Json) -> tuple[int, Json]:
        with self._counting:
            self.chats.append(body)
            self.busy += 1
            self.most_busy = max(self.most_busy, self.busy)
        self.hold.wait()
        with self._counting:
            self.busy -= 1
        status = self.chat_status(body)
        if status != 200:
            return status, error(status)
        said = self.say(body)
        message: Json = {"role": "assistant", "content": said}
        if said is None:
            message = {"role": "assistant", **_usual_answer(body)}
        return 200, {
            "id": "stub",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }


def kind_of(chat: Json) -> str:
    """What mem0 asks for: ``facts``, ``actions`` (1.x), ``memories`` (2.x) or the name of a graph tool (1.x)."""
    if chat.get("tools"):
        return str(chat["tools"][0]["function"]["name"])
    last = chat["messages"][-1]["content"]
    if "## New Messages" in last:
        return "memories"
    return "actions" if "new retrieved facts" in last else "facts"


def _usual_answer(chat: Json) -> Json:
    kind = kind_of(chat)
    system = chat["messages"][0]["content"]
    last = chat["messages"][-1]["content"]
    if kind == "facts":
        return {"content": json.dumps({"facts": [fact for _, fact in _facts(last, system)]})}
    if kind == "actions":
        return {"content": json.dumps({"memory": _actions(last)})}
    if kind == "memories":
        new = last.split("## New Messages\n")[1].split("\n\n## ")[0]
        memories = [
            {"id": str(index), "text": fact, "attributed_to": role}
            for index, (role, fact) in enumerate(_facts(new, system))
        ]
        return {"content": json.dumps({"memory": memories})}
    return _tool_answer(kind, last)


def _facts(conversation: str, system: str) -> list[tuple[str, str]]:
    lines = re.findall(r"^(user|assistant): (.+)$", conversation, re.MULTILINE)
    if _ONLY_ASSISTANT in system:
        lines = [line for line in lines if line[0] == "assistant"]
    if _ONLY_USER in system:
        lines = [line for line in lines if line[0] == "user"]
    return [(role, text) for role, text in lines if not text.endswith(("?", "!"))]


def question(prompt: str) -> tuple[list[str], dict[str, str]]:
    """The facts that the second question of mem0 1.x is about, and the memories that it shows: number by text."""
    fenced = re.findall(r"```\s*(\[.*?\])\s*```", prompt, re.DOTALL)
    facts: list[str] = ast.literal_eval(fenced[-1])
    memories = ast.literal_eval(fenced[-2]) if len(fenced) > 1 else []
    return facts, {memory["text"]: memory["id"] for memory in memories}


def _actions(prompt: str) -> list[Json]:
    facts, known = question(prompt)
    return [
        {"id": known[fact], "text": fact, "event": "NONE", "holds": fact}
        if fact in known
        else {"id": str(len(known) + index), "text": fact, "event": "ADD"}
        for index, fact in enumerate(facts)
    ]


def _tool_answer(tool: str, text: str) -> Json:
    names = list(dict.fromkeys(re.findall(r"\b[A-Z][a-z]+\b", text.rsplit("Text: ", maxsplit=1)[-1])))
    if tool == "extract_entities":
        arguments: Json = {"entities": [{"entity": name, "entity_type": "name"} for name in names]}
    elif tool == "establish_relationships":
        pairs = [{"source": names[0], "relationship": "mentions", "destination": name} for name in names[1:]]
        arguments = {"entities": pairs}
    else:
        return {"content": ""}
    call = {"id": "call", "type": "function", "function": {"name": tool, "arguments": json.dumps(arguments)}}
    return {"content": None, "tool_calls": [call]}


def error(status: int) -> Json:
    """The body of an answer that is no success."""
    return {"error": {"message": f"stub answers {status}", "type": "stub", "code": None}}


if __name__ == "__main__":
    print("OpenAI stub at", OpenAiStub(int(sys.argv[1])).url, flush=True)  # noqa: T201 - tells its address
    threading.Event().wait()
