-- Tenants: who may see which rows, decided by the database itself.
--
-- app.current_tenant holds the guild ids of the transaction, separated by commas, or '*' for work
-- that is about every guild. Without it nothing is visible and nothing can be written.

create function current_tenants() returns bigint[]
language sql stable parallel safe
return case
    when nullif(current_setting('app.current_tenant', true), '') is null then '{}'::bigint[]
    when current_setting('app.current_tenant', true) = '*' then '{}'::bigint[]
    else string_to_array(current_setting('app.current_tenant', true), ',')::bigint[]
end;

comment on function current_tenants() is 'The guilds whose rows this transaction may touch.';

create function is_every_tenant() returns boolean
language sql stable parallel safe
return coalesce(current_setting('app.current_tenant', true) = '*', false);

comment on function is_every_tenant() is 'Whether this transaction is about all guilds.';

-- One policy for every table with a guild_id; called for the tables below and for each read model.
create function protect_table(target regclass) returns void
language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy tenant on %s using (
            (select is_every_tenant()) or guild_id = any ((select current_tenants())::bigint[]))',
        target);
    execute format('grant select, insert, update, delete on %s to tallystick_app', target);
end
$$;

comment on function protect_table(regclass) is 'Puts a table under row-level security by guild.';

-- The same for the few tables that belong to no guild: everyone reads, only the owner writes.
create function protect_shared_table(target regclass) returns void
language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy everyone_reads on %s for select using (true)', target);
    execute format(
        'create policy owner_writes on %s to tallystick_owner using (true) with check (true)', target);
    execute format('grant select on %s to tallystick_app', target);
end
$$;

comment on function protect_shared_table(regclass) is 'Row-level security for a table of no guild.';

select protect_shared_table('schema_migrations');

-- The read models that are rebuilt aside stand here until they are swapped in.
create schema rebuild;
grant usage on schema rebuild to tallystick_app;
