-- Teams and their API keys. Times are milliseconds since 1970; a key is kept as its hash only.
create table team (
    id text primary key,
    name text not null,
    slug text not null unique,
    max_sandboxes integer not null,
    max_length_seconds integer not null,
    position integer not null
);

create table api_key (
    id text primary key,
    team_id text not null references team (id),
    name text not null,
    hash text not null unique,
    value_length integer not null,
    mask_prefix text not null,
    mask_suffix text not null,
    created integer not null,
    last_used integer
);
