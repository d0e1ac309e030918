"""The parts of mem0's configuration that both flavours share."""

from typing import Any

from mem0_server.postgres import ServerPool
from mem0_server.service import Json
from mem0_server.settings import Settings

_SECRETS = ("api_key", "password")
_LLM_TEMPERATURE = 0.2


def base_config(settings: Settings, pool: ServerPool, llm: Json) -> Json:
    """Vector store, LLM, embedder and history.

    :param llm: what the flavour adds to the LLM's configuration, at least ``model``
    """
    return {
        "version": "v1.1",
        "vector_store": {
            "provider": "pgvector",
            "config": {
                "dbname": settings.postgres_db,
                "collection_name": settings.postgres_collection_name,
                "embedding_model_dims": settings.mem0_embedding_dims,
                "hnsw": True,
                "connection_pool": pool,
            },
        },
        "llm": {
            "provider": "openai",
            "config": {
                "api_key": settings.openai_api_key.get_secret_value(),
                "openai_base_url": settings.openai_base_url,
                "temperature": _LLM_TEMPERATURE,
                "max_tokens": settings.mem0_llm_max_tokens,
                **llm,
            },
        },
        "embedder": {
            "provider": "openai",
            "config": {
                "api_key": settings.embedder_api_key.get_secret_value(),
                "openai_base_url": settings.embedder_base_url,
                "model": settings.mem0_default_embedder_model,
                "embedding_dims": settings.requested_embedding_dims,
            },
        },
        "history_db_path": settings.history_db_path,
    }


def redacted(config: Json) -> Json:
    """A configuration without its secrets and objects, to be shown."""
    shown: Json = {}
    for key, value in config.items():
        if key in _SECRETS:
            shown[key] = "[redacted]"
        elif isinstance(value, dict):
            shown[key] = redacted(value)
        elif key != "connection_pool":
            shown[key] = value
    return shown


def bound_calls(collaborator: Any, settings: Settings) -> None:
    """Bounds the time and the repeats of an LLM's or embedder's calls.

    Without it the OpenAI client waits up to ten minutes for an answer.
    """
    collaborator.client = collaborator.client.with_options(
        timeout=settings.openai_timeout_seconds, max_retries=settings.openai_max_retries
    )
