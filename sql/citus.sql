-- Spreads Tallystick over the servers of a Citus cluster, by guild: all that concerns one guild is
-- on one server, so that every statement about a guild is answered by that server alone.
--
-- Run by a superuser on the coordinator, with every process of Tallystick stopped, after
-- `python -m bot migrate`, and again after each upgrade: psql --single-transaction -f sql/citus.sql
-- The servers need citus.enable_unsafe_triggers = on (the lake's and the ledger's guards are triggers
-- that look at one guild's rows only) and citus.propagate_set_commands = local (row-level security
-- asks app.current_tenant on the server that has the rows); see compose.citus.yaml.

create extension if not exists citus;

-- The coordinator opens connections to the servers in the name of the role that asks.
alter role tallystick_owner login;
alter role tallystick_app login;
set role tallystick_owner;

-- A read model's new tables come here before they are swapped in (rebuild) or used (upgrade).
create or replace function place_table(target regclass) returns void
language plpgsql as $$
begin
    if exists (select from pg_dist_partition where logicalrelid = target) then
        return;
    elsif target = 'public.streams'::regclass then
        perform create_distributed_table(target, 'guild_id', colocate_with => 'none');
    else
        perform create_distributed_table(target, 'guild_id', colocate_with => 'public.streams');
    end if;
end
$$;

-- What is not about any guild stays on the coordinator:
-- local: schema_migrations: what was done to the schema; only migrations look at it.
-- local: read_models: what the read models' tables were built by; only rebuilds look at it.
-- local: command_sync: what Discord was told of our commands; rows of guild 0 alone.
-- local: sight: until when each process saw what; rows of guild 0 alone.
-- local: shard_counts: how many shards the bot has; rows of guild 0 alone.
-- local: identify_turns: whose turn it is to identify; rows of guild 0 alone, by the one clock.

-- The write side.
select place_table('streams');
select place_table('event_lake');
select place_table('checkpoints');
select place_table('dead_letters');
select place_table('quarantine');
select place_table('effect_problems');
select place_table('notices');
select place_table('breakers');
select place_table('unseen');

-- The read models.
select place_table('accounts');
select place_table('ledger_entries');
select place_table('achievement_templates');
select place_table('achievements');
select place_table('activities');
select place_table('admin_log');
select place_table('auctions');
select place_table('badge_kinds');
select place_table('badges');
select place_table('bank_tiers');
select place_table('boosts');
select place_table('chance_stats');
select place_table('command_stats');
select place_table('command_stats_daily');
select place_table('event_counters');
select place_table('gaps');
select place_table('unseen_leaves');
select place_table('lent_roles');
select place_table('money_supply');
select place_table('net_worth');
select place_table('pets');
select place_table('preferences');
select place_table('zone_changes');
select place_table('voice_presence');
select place_table('profiles');
select place_table('user_stats');
select place_table('member_days');
select place_table('activity_log');
select place_table('pacing');
select place_table('voice_rooms');
select place_table('blind_days');
select place_table('purchases');
select place_table('quests');
select place_table('quest_turns');
select place_table('quest_shares');
select place_table('quest_presence');
select place_table('recap_days');
select place_table('role_rewards');
select place_table('role_grants');
select place_table('seasons');
select place_table('season_plans');
select place_table('season_places');
select place_table('settings');
select place_table('setting_changes');
select place_table('shop_items');
select place_table('streaks');
select place_table('tenures');
select place_table('trades');
select place_table('wagers');
select place_table('games_choices');
