-- Quests, turns at them, and what was done together. Folded by projections/quests.py.

-- name: tables
-- One row a quest; one for each member who ever took one on, about the newest turn; one for each
-- member and round of what is done together; where members are in voice.
create table quests (
    guild_id bigint not null,
    quest text not null,
    revision bigint not null,
    round bigint not null,
    state text not null,
    name text not null,
    emoji text not null,
    description text not null,
    scope text not null,
    goal text not null,
    threshold bigint not null,
    approval boolean not null,
    places bigint not null,
    turns bigint not null,
    wait_hours bigint not null,
    hours bigint not null,
    ends_at timestamptz,
    share bigint not null,
    xp bigint not null,
    coins bigint not null,
    badge text,
    url text,
    opened_at timestamptz,
    count bigint not null,
    reached_at timestamptz,
    reached_position bigint,
    changed_at timestamptz not null,
    position bigint not null
);
create table quest_turns (
    guild_id bigint not null,
    user_id bigint not null,
    quest text not null,
    round bigint not null,
    turn bigint not null,
    state text not null,
    goal text not null,
    threshold bigint not null,
    approval boolean not null,
    xp bigint not null,
    coins bigint not null,
    badge text,
    count bigint not null,
    attempt bigint not null,
    note text,
    answer text,
    claimed_at timestamptz not null,
    ends_at timestamptz,
    completed_at timestamptz,
    completed_position bigint,
    approved_by bigint,
    done bigint not null,
    done_at timestamptz
);
create table quest_shares (
    guild_id bigint not null,
    quest text not null,
    round bigint not null,
    user_id bigint not null,
    count bigint not null
);
create table quest_presence (
    guild_id bigint not null,
    user_id bigint not null,
    channel_id bigint,
    idle boolean not null,
    is_bot boolean not null,
    since timestamptz not null
);

-- name: keys
-- Quests by name, those with a deadline by it; turns by member, by quest, those at which somebody
-- is by the end of their time, those that wait for something; who is in voice.
alter table quests add primary key (guild_id, quest);
create index quests_by_deadline on quests (ends_at) where state = 'open';
alter table quest_turns add primary key (guild_id, user_id, quest);
create index quest_turns_by_quest on quest_turns (guild_id, quest, state);
create index quest_turns_by_end on quest_turns (ends_at) where state = 'claimed';
create index quest_turns_claimed on quest_turns (guild_id) where state = 'claimed';
create index quest_turns_complete on quest_turns (guild_id, completed_at) where state = 'complete';
alter table quest_shares add primary key (guild_id, quest, round, user_id);
alter table quest_presence add primary key (guild_id, user_id);
create index quest_presence_now on quest_presence (guild_id) where channel_id is not null;

-- name: quests
-- Every quest of a guild: those that are open first, what ends soonest before the others.
select quest, revision, round, state, name, emoji, description, scope, goal, threshold, approval,
    places, turns, wait_hours, hours, ends_at, share, xp, coins, badge, url, count, reached_at,
    reached_position
from quests
where guild_id = %(guild)s
order by array_position(array['open', 'draft', 'closed'], state), ends_at nulls last, quest;

-- name: turns
-- A member's newest turn at each quest they ever took on.
select user_id, quest, round, turn, state, goal, threshold, approval, xp, coins, badge, count,
    attempt, note, answer, claimed_at, ends_at, completed_at, completed_position, approved_by, done, done_at
from quest_turns
where guild_id = %(guild)s and user_id = %(user)s
order by quest;

-- name: stranded
-- Who is at a quest that is closed, or in a round that is over; why that is, and since when.
select t.user_id, t.quest, t.round, t.turn, t.state, t.goal, t.threshold, t.approval, t.xp,
    t.coins, t.badge, t.count, t.attempt, t.note, t.answer, t.claimed_at, t.ends_at, t.completed_at,
    t.completed_position, t.approved_by, t.done, t.done_at, q.changed_at,
    case when q.ends_at <= q.changed_at then 'expired' else 'closed' end as why
from quest_turns t
join quests q on q.guild_id = t.guild_id and q.quest = t.quest
where t.guild_id = %(guild)s and t.state = 'claimed'
    and (q.state <> 'open' or q.round <> t.round)
order by t.user_id, t.quest;

-- name: complete
-- The turns that are complete and wait for their reward: for an admin to look at them, or not.
select user_id, quest, round, turn, state, goal, threshold, approval, xp, coins, badge, count,
    attempt, note, answer, claimed_at, ends_at, completed_at, completed_position, approved_by, done, done_at
from quest_turns
where guild_id = %(guild)s and state = 'complete' and approval = %(approval)s
order by completed_at, user_id, quest;

-- name: taken
-- How many members have a place in a round of a quest.
select count(*) as members
from quest_turns
where guild_id = %(guild)s and quest = %(quest)s and round = %(round)s
    and state in ('claimed', 'complete', 'approved');

-- name: standing
-- How many members are at each quest, wait for approval, and have completed it.
select quest, count(*) filter (where state = 'claimed') as at_it,
    count(*) filter (where state = 'complete') as complete,
    sum(done)::bigint as done
from quest_turns
where guild_id = %(guild)s
group by quest;

-- name: shares
-- Who has added so much or more to what is done together in a round.
select user_id, count
from quest_shares
where guild_id = %(guild)s and quest = %(quest)s and round = %(round)s and count >= %(least)s
order by user_id;

-- name: share
-- What a member has added to what is done together, round by round.
select quest, round, count
from quest_shares
where guild_id = %(guild)s and user_id = %(user)s;

-- name: where_run_out
-- The guilds in which a quest is over, or somebody's time for one.
-- every guild: the scheduler looks for those in which something is due.
select guild_id from quests
where state = 'open' and ends_at <= %(now)s and reached_at is null
union
select guild_id from quest_turns
where state = 'claimed' and ends_at <= %(now)s;

-- name: run_out
-- The turns whose own time is over.
select user_id, quest, round, turn, state, goal, threshold, approval, xp, coins, badge, count,
    attempt, note, answer, claimed_at, ends_at, completed_at, completed_position, approved_by, done, done_at
from quest_turns
where guild_id = %(guild)s and state = 'claimed' and ends_at <= %(now)s
order by ends_at, user_id, quest;
