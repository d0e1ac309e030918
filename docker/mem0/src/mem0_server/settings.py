"""Configuration, read once from environment variables.

The names are those of the mem0 REST server where it has them; the rest begin
with ``MEM0_``. An empty variable counts as not set, so that a compose file can
pass every variable through.
"""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _identifier(value: str) -> str:
    # mem0ai 1.x puts the name into its SQL as it is.
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,39}", value):
        raise ValueError("use lower-case letters, digits and '_' only, at most 40 characters")
    return value


_LIMITS_TOKENS: Final = dict.fromkeys(
    ("text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002"), 8191
)
"""The documentation says 8192, but the endpoint has refused more than 8191 at times."""

Count = Annotated[int, Field(ge=1, le=256)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """Everything that can be configured, in both flavours."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = "0.0.0.0"  # noqa: S104 - a container listens on all of its own interfaces
    port: Port = 8000
    log_level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"

    admin_api_key: SecretStr | None = None
    auth_disabled: bool = False

    postgres_host: str = "postgres"
    postgres_port: Port = 5432
    postgres_db: str = "postgres"
    postgres_user: str = "postgres"
    postgres_password: SecretStr
    postgres_collection_name: Annotated[str, AfterValidator(_identifier)] = "memories"

    openai_api_key: SecretStr
    openai_base_url: str = "https://api.openai.com/v1"
    openai_timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = 120.0
    openai_max_retries: Annotated[int, Field(ge=0, le=10)] = 2

    mem0_default_llm_model: str | None = None
    """The chat model; without it, the default of the flavour."""
    mem0_llm_max_tokens: Annotated[int, Field(ge=256)] = 8000
    """Limit of one LLM answer in tokens; mem0's own default (2000) cuts long extractions off."""
    mem0_default_embedder_model: str = "text-embedding-3-small"
    mem0_embedder_base_url: str | None = None
    mem0_embedder_api_key: SecretStr | None = None
    mem0_embedding_dims: Annotated[int, Field(ge=1, le=2000)] = 1536
    """Length of the embedding vectors; pgvector's HNSW index takes at most 2000."""
    mem0_embedder_limit_tokens: Annotated[int | None, Field(ge=1)] = None
    """The most tokens of one text that the embedding model takes; known without it for OpenAI's models."""

    mem0_idempotency_days: Annotated[int, Field(ge=1, le=365)] = 7
    """How long the answers to adds with an Idempotency-Key are kept."""

    history_db_path: str = "/app/history/history.db"

    mem0_max_writes: Count = 4
    """Adds, updates and deletes carried out at the same time."""
    mem0_max_reads: Count = 8
    """Searches and look-ups carried out at the same time, beside the writes."""
    mem0_max_waiting: Count = 64
    """Requests of either kind that may wait for their turn; more are refused with 503."""
    mem0_shutdown_seconds: Annotated[int, Field(ge=0, le=600)] = 25
    """How long a stop waits for running requests."""

    @property
    def embedder_base_url(self) -> str:
        """Where embeddings come from: the chat endpoint unless configured apart."""
        return self.mem0_embedder_base_url or self.openai_base_url

    @property
    def embedder_api_key(self) -> SecretStr:
        """The key for :attr:`embedder_base_url`."""
        return self.mem0_embedder_api_key or self.openai_api_key

    @property
    def requested_embedding_dims(self) -> int | None:
        """The ``dimensions`` to ask the endpoint for, or None where it may not know the parameter."""
        asks = self.mem0_default_embedder_model.startswith("text-embedding-3")
        return self.mem0_embedding_dims if asks else None

    @property
    def embedder_limit_tokens(self) -> int | None:
        """The most tokens of one text that the embedding model takes, or None where it is not known."""
        # Gateways put the provider before the name, as in openai/text-embedding-3-small.
        model = self.mem0_default_embedder_model.rpartition("/")[2]
        return self.mem0_embedder_limit_tokens or _LIMITS_TOKENS.get(model)

    @property
    def fact_prompt(self) -> str:
        """Which facts are kept, as clients are told."""
        return "user_and_assistant"

    @property
    def postgres_pool_size(self) -> int:
        """One connection for each request that can run, and one for the readiness check."""
        return self.mem0_max_writes + self.mem0_max_reads + 1


class GraphSettings(Settings):
    """Additional settings of the graph flavour."""

    mem0_fact_prompt: Literal["user_and_assistant", "mem0"] = "user_and_assistant"
    """By which prompt facts are extracted: ours, or mem0's own, which drops the user's facts beside an assistant's."""

    neo4j_uri: str = "bolt://neo4j:7687"
    neo4j_username: str = "neo4j"
    neo4j_password: SecretStr
    mem0_graph_search: bool = False
    """Whether a search asks the graph too, which costs an LLM call per search."""

    @property
    def fact_prompt(self) -> str:
        """Which facts are kept, as clients are told."""
        return self.mem0_fact_prompt
