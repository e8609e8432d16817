"""Everything PostgreSQL: the lake, checkpoints, read-model tables, migrations.

The only package that imports psycopg. It is synchronous throughout; the bot calls it from
threads. Statements live in ``queries/*.sql`` and ``read_models/*.sql``, each named and described;
values are always parameters, and only identifiers from our own declarations are composed in.
"""
