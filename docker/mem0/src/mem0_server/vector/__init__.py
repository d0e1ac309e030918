"""The vector flavour: mem0ai 2.x on pgvector."""
