-- The databases on the embedded server.

-- name: exists
-- Whether a database of this name is there.
select 1 from pg_database where datname = %(name)s;

-- name: create
-- A new, empty database.
create database {name};

-- name: drop
-- Away with a database, whoever is connected to it.
drop database if exists {name} with (force);
