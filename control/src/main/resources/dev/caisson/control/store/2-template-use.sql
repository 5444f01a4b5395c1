-- How often sandboxes were made of a template, and when the last one was (milliseconds since 1970).
create table template_use (
    template_id text primary key,
    spawned integer not null,
    last_spawned integer
);
