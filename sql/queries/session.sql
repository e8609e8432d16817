-- What a connection is told before it is used.

-- name: set_tenant
-- The guilds of this transaction: ids separated by commas, or '*' for all. (As a command: Citus tells
-- the other servers of those, not of calls of set_config.)
set local app.current_tenant = {tenant};

-- name: begin
-- A transaction and its guilds in one round trip; psycopg sends a BEGIN of its own separately.
begin;
set local app.current_tenant = {tenant};

-- name: begin_limited
-- The same, of which the server gives up every statement that takes longer (in milliseconds).
begin;
select set_config('app.current_tenant', {tenant}, true),
    set_config('statement_timeout', {limit}, true);

-- name: limit
-- The same for a transaction in flight.
select set_config('statement_timeout', %(limit)s, true);

-- name: begin_only
-- A transaction whose guilds are said next.
begin;

-- name: commit
-- The end of a transaction in flight, sent together with its last statement.
commit;

-- name: set_up
-- For the whole session: the schemas for unqualified names, times in UTC, and that what a transaction
-- holds is let go soon when the other side is gone, or does nothing any more.
select set_config('search_path', %(search_path)s, false), set_config('timezone', 'UTC', false),
    set_config('idle_in_transaction_session_timeout', %(idle_ms)s, false),
    set_config('tcp_keepalives_idle', '10', false),
    set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false);

-- name: is_distributed
-- Whether the tables are spread over several servers.
select exists (select from pg_extension where extname = 'citus');

-- name: listen
-- Be told when events were appended.
listen tallystick;
