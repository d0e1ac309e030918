"""The graph flavour: mem0ai 1.x on pgvector and Neo4j."""
