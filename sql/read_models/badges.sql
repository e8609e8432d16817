-- Badges awarded, and the lines in which they were passed on. Folded by projections/badges.py.

-- name: tables
-- One row an award.
create table badges (
    guild_id bigint not null,
    award bigint not null,
    user_id bigint not null,
    badge text not null,
    earned_at timestamptz not null,
    awarded_by bigint,
    parent bigint,
    reason text,
    revoked_by bigint,
    revoked_at timestamptz
);

-- name: keys
-- By award; by member; by badge, the first of each line apart; from an award to those it led to.
alter table badges add primary key (guild_id, award);
create index badges_by_member on badges (guild_id, user_id, award);
create index badges_by_badge on badges (guild_id, badge, award);
create index badges_by_parent on badges (guild_id, parent) where parent is not null;

-- name: of_member
-- The badges that a member has, in the order they got them, each once.
select b.badge, min(b.earned_at) as earned_at, min(k.name) as name, min(k.emoji) as emoji,
    min(k.rarity) as rarity
from badges b
left join badge_kinds k on k.guild_id = b.guild_id and k.badge = b.badge
where b.guild_id = %(guild)s and b.user_id = %(user)s and b.revoked_at is null
group by b.badge
order by min(b.award);

-- name: awards_of_member
-- A page of the awards of a member that were not taken back, newest first.
select b.award, b.badge, b.awarded_by, b.parent, b.earned_at, b.reason, k.name, k.emoji, k.rarity,
    count(*) over () as awards
from badges b
left join badge_kinds k on k.guild_id = b.guild_id and k.badge = b.badge
where b.guild_id = %(guild)s and b.user_id = %(user)s and b.revoked_at is null
order by b.award desc
limit %(limit)s offset %(offset)s;

-- name: held
-- The award by which a member has a badge: the oldest that was not taken back.
select award, user_id, badge, awarded_by, parent, earned_at, reason
from badges
where guild_id = %(guild)s and user_id = %(user)s and badge = %(badge)s and revoked_at is null
order by award
limit 1;

-- name: award
-- One award, also when it was taken back.
select award, user_id, badge, awarded_by, parent, earned_at, reason, revoked_at
from badges
where guild_id = %(guild)s and award = %(award)s;

-- name: ancestors
-- An award and those it comes from, up to the first of its line. A line that bit its own tail
-- would be followed once round.
with recursive line as (
    select award, user_id, badge, parent
    from badges
    where guild_id = %(guild)s and award = %(award)s
    union all
    select b.award, b.user_id, b.badge, b.parent
    from line
    join badges b
        on b.guild_id = %(guild)s and b.award = line.parent and b.badge = line.badge
) cycle award set again using path
select award, user_id
from line
where not again
order by award desc;

-- name: lineage
-- A badge's trees, or (given its root) one of them, from the top: each award below the one that it
-- was passed on from, with its depth. The way down never goes over an award twice.
with recursive tree as (
    select award, user_id, badge, awarded_by, parent, earned_at, revoked_at, 0 as depth
    from badges
    where guild_id = %(guild)s and badge = %(badge)s
        and case when %(root)s::bigint is null then parent is null
            else award = %(root)s::bigint end
    union all
    select b.award, b.user_id, b.badge, b.awarded_by, b.parent, b.earned_at, b.revoked_at,
        tree.depth + 1
    from tree
    join badges b
        on b.guild_id = %(guild)s and b.parent = tree.award and b.badge = tree.badge
) cycle award set again using path
select award, user_id, awarded_by, parent, earned_at, revoked_at, depth, count(*) over () as awards
from tree
where not again
order by path
limit %(limit)s;
