-- A backup: the write side as it stood at one moment. Read models are not in it; they are rebuilt.

-- name: write_side
-- Every table that migrations made, with its columns in order and its size in bytes.
select c.relname, array_agg(a.attname::text order by a.attnum), pg_table_size(c.oid)
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and c.relname <> all (%(others)s) and c.relname not in ('schema_migrations', 'read_models')
group by c.oid, c.relname
order by c.relname;

-- name: copy_out
-- All rows of a table, as PostgreSQL writes them.
copy (select {columns} from {table}) to stdout (format binary)

-- name: copy_in
-- The same rows back.
copy {table} ({columns}) from stdin (format binary)

-- name: count
-- How many rows a table has.
select count(*) from {table};

-- name: let_owner_write
-- Rows of every guild are copied in by the owner, whom row-level security then lets pass.
alter table {table} no force row level security;

-- name: bind_owner_again
-- As it was.
alter table {table} force row level security;
