-- Migrations: roles, the table of what was applied, the lock, the fingerprint.

-- name: take_turn
-- One migrating process at a time, until its connection closes; the number means nothing else.
select pg_advisory_lock(7216053391);

-- name: create_roles
-- Two roles without login: the owner of the schema and the app, which row-level security binds.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['tallystick_owner', 'tallystick_app'] loop
        begin
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin', wanted);
            end if;
        exception when duplicate_object or unique_violation then null;
        end;
        if not pg_has_role(current_user, wanted, 'set') then
            execute format('grant %I to %I', wanted, current_user);
        end if;
    end loop;
    execute format('grant create on database %I to tallystick_owner', current_database());
    execute format('grant connect on database %I to tallystick_app', current_database());
    grant usage, create on schema public to tallystick_owner;
    grant usage on schema public to tallystick_app;
end
$$;

-- name: what_the_login_role_needs
-- Shown to whoever has a login role that may not do the above; the last two only grant what is there.
alter database {database} owner to {role};
alter role {role} createrole;
do $$ begin grant tallystick_owner, tallystick_app to {role};
exception when undefined_object then null; end $$;

-- name: become_owner
-- What follows is made by the owner of the schema.
set role tallystick_owner;

-- name: create_history
-- The table of applied migrations.
create table if not exists schema_migrations (
    version integer primary key,
    description text not null,
    applied_at timestamptz not null default clock_timestamp(),
    checksum text not null,
    execution_time_ms integer not null
);

-- name: history_exists
-- Whether this database was ever migrated.
select to_regclass('public.schema_migrations') is not null;

-- name: applied
-- What was applied, in order.
select version, description, checksum from schema_migrations order by version;

-- name: applied_in_full
-- What was applied, in order, for people to read.
select version, description, applied_at, checksum, execution_time_ms
from schema_migrations
order by version;

-- name: record
-- One more migration is in.
insert into schema_migrations (version, description, checksum, execution_time_ms)
values (%(version)s, %(description)s, %(checksum)s, %(execution_time_ms)s);

-- name: fingerprint
-- Every object of the schema in words, so that two databases can be compared object by object.
with tables as (
    select c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, r.rolname as owner
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_roles r on r.oid = c.relowner
    where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm')
)
select relname as table_name, 'table ' || relname as object,
    format('kind %s, owner %s, row security %s, forced %s',
        relkind, owner, relrowsecurity, relforcerowsecurity) as definition
from tables
union all
select relname, format('column %s.%s', relname, attname),
    format('%s%s%s', format_type(atttypid, atttypmod),
        case when attnotnull then ' not null' else '' end,
        coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''))
from tables
join pg_attribute a on a.attrelid = tables.oid and attnum > 0 and not attisdropped
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
union all
select relname, format('constraint %s.%s', relname, conname), pg_get_constraintdef(c.oid)
from tables join pg_constraint c on c.conrelid = tables.oid and contype <> 'n'
union all
select tables.relname, format('index %s.%s', tables.relname, i.relname), pg_get_indexdef(x.indexrelid)
from tables
join pg_index x on x.indrelid = tables.oid
join pg_class i on i.oid = x.indexrelid
union all
select relname, format('policy %s.%s', relname, polname),
    format('%s %s using %s check %s', polcmd, polroles::regrole[],
        pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
from tables join pg_policy p on p.polrelid = tables.oid
union all
select relname, format('trigger %s.%s', relname, tgname), pg_get_triggerdef(t.oid)
from tables join pg_trigger t on t.tgrelid = tables.oid and not tgisinternal
order by 1, 2;
