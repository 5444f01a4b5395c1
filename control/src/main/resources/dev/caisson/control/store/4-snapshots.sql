-- What snapshots are called and whose they are; their contents lie on the node. Times are microseconds since 1970.
create table snapshot_template (
    id text primary key,
    team_id text not null references team (id),
    alias text,
    unique (team_id, alias)
);

create table snapshot_build (
    id text primary key,
    template_id text not null references snapshot_template (id),
    tag text not null,
    source text not null,
    taken integer not null,
    unique (template_id, tag)
);
