"""A real mem0 server with its databases and a stand-in for the model, for tests in other languages.

Start it with ``./test rig FLAVOUR``, which makes what it needs. It prints a line of JSON with the server's address
and key when it is ready. Then each line of standard input is a command, and each is answered with a line:

``{"command": "reset"}``: a model without rules, and no calls seen
``{"command": "program", "rules": [...]}``: see :class:`programmed_model.Rule`
``{"command": "release"}``: see :meth:`programmed_model.ProgrammedModel.release`
``{"command": "calls"}``: what the model was asked since the last reset
``{"command": "kill"}``: kills the server
``{"command": "start", "variables": {...}}``: starts it again if it was killed, with further environment variables

It ends with its standard input.
"""

import json
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from databases import Neo4j, Postgres
from programmed_model import ProgrammedModel, Rule
from server import KEY, Json, Server, environment_of, eventually


class Rig:
    """Everything that runs."""

    def __init__(self, flavour: str, stack: ExitStack) -> None:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mem0-rig-")))
        neo4j = None
        if flavour == "graph":
            neo4j = Neo4j(directory / "neo4j", os.environ["MEM0_TEST_NEO4J_CLASSPATH"])
            stack.callback(neo4j.stop)
        postgres = Postgres()
        stack.callback(postgres.close)
        self._model = ProgrammedModel()
        stack.callback(self._model.close)
        if neo4j is not None:
            neo4j.wait()
        self._server = Server(flavour, environment_of(flavour, postgres, self._model.url, neo4j), directory)
        stack.callback(self._server.close)
        self._wait_until_ready()
        self._warm_up()
        self.address: Json = {"url": self._server.url, "key": KEY, "log": str(self._server.log_file)}

    def carry_out(self, command: Json) -> Json:
        """Carries a command out and returns the answer."""
        match command["command"]:
            case "reset":
                self._model.release()
                self._model.reset()
            case "program":
                self._model.program([Rule.of(rule) for rule in command["rules"]])
            case "release":
                self._model.release()
            case "calls":
                return {"calls": [asdict(call) for call in list(self._model.calls)]}
            case "kill":
                self._server.kill()
            case "start":
                if not self._server.runs:
                    self._server.start(**command.get("variables", {}))
                self._wait_until_ready()
            case unknown:
                raise ValueError(f"no such command: {unknown}")
        return {}

    def _warm_up(self) -> None:
        # The first add and the first deletion take Neo4j seconds, which a test would take for a failure.
        scope = {"user_id": "rig", "agent_id": "rig"}
        self._server.added(scope, "Alex: I live in Prague.")
        self._server.http.delete("/memories", params=scope)
        self._model.reset()

    def _wait_until_ready(self) -> None:
        eventually(lambda: self._server.http.get("/ready").status_code == 200)


def main() -> None:
    """Runs until standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ExitStack() as stack:
        rig = Rig(sys.argv[1], stack)
        _say(rig.address)
        for line in sys.stdin:
            _say(rig.carry_out(json.loads(line)))


def _say(answer: Json) -> None:
    print(json.dumps(answer), flush=True)  # noqa: T201 - the protocol


if __name__ == "__main__":
    main()
