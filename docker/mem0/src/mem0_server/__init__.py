"""A small REST server over the PyPI package ``mem0ai``.

The installed generation of the package decides the flavour: ``mem0ai`` 1.x is
the *graph* flavour (pgvector and Neo4j), 2.x the *vector* flavour (pgvector).
"""
