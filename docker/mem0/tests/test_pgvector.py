"""What a filtered search on an HNSW index finds."""

import json
import uuid

from conftest import StartServer, vector_only
from databases import Postgres
from openai_stub import embedding
from server import Json


@vector_only
def test_a_search_finds_its_own_memories_behind_those_of_other_users(
    start_server: StartServer, postgres: Postgres, scope: Json
) -> None:
    """Without hnsw.iterative_scan the nearest 40 rows are taken, and then filtered."""
    collection = "hnsw_" + scope["user_id"].replace("-", "_")
    server = start_server(POSTGRES_COLLECTION_NAME=collection)
    [result] = server.added(scope, "Alex: I live in Prague, in a house by the river.")
    near = str(embedding("Alex: I live in Prague."))
    other = json.dumps({"user_id": "other", "data": "Alex: I live in Prague."})
    with postgres.connect() as connection:
        for number in range(200):
            nearer = str(embedding(f"Alex: I live in Prague. {number}"))
            connection.execute(f"INSERT INTO {collection} VALUES (%s, %s, %s)", (uuid.uuid4(), nearer, other))
        for planner in ("enable_seqscan", "enable_sort"):
            connection.execute(f"ALTER DATABASE postgres SET {planner} = off")
            connection.execute(f"SET {planner} = off")
        plain = connection.execute(
            f"SELECT id FROM {collection} WHERE payload->>'user_id' = %s ORDER BY vector <=> %s::vector LIMIT 60",
            (scope["user_id"], near),
        ).fetchall()
        try:
            fresh = start_server(POSTGRES_COLLECTION_NAME=collection)
            hits = fresh.search(scope, "Alex: I live in Prague.")
        finally:
            connection.execute("ALTER DATABASE postgres RESET ALL")

    assert plain == [], "the index is used and finds nothing by default"
    assert [hit["id"] for hit in hits] == [result["id"]]
