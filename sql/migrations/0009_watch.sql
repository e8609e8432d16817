-- When the bot was last at work: whoever comes back after an outage knows how long it was.

create table watch (
    guild_id bigint primary key,
    seen_at timestamptz not null
);
comment on table watch is 'The newest moment at which some process of the bot was at work; one row, of guild 0.';

select protect_table('watch');
