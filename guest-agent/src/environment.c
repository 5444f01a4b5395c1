/*
 * Environments. See environment.h.
 */
#include "environment.h"

#include <stdlib.h>
#include <string.h>

extern char **environ;

struct variable {
    uint32_t hash; /* of the name, so that thousands of them are compared quickly */
    size_t name_length;
    char *text; /* NAME=value */
};

static uint32_t hash_of(const char *bytes, size_t length) {
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
    }
    return hash;
}

static struct variable *find(const struct environment *e, const char *name, size_t length) {
    uint32_t hash = hash_of(name, length);
    for (size_t i = 0; i < e->count; i++) {
        struct variable *v = &e->variables[i];
        if (v->hash == hash && v->name_length == length && memcmp(v->text, name, length) == 0) {
            return v;
        }
    }
    return NULL;
}

static struct variable *add(struct environment *e) {
    if (e->count == e->capacity) {
        size_t capacity = e->capacity == 0 ? 32 : e->capacity * 2;
        struct variable *larger = realloc(e->variables, capacity * sizeof *larger);
        if (larger == NULL) {
            return NULL;
        }
        e->variables = larger;
        e->capacity = capacity;
    }
    return &e->variables[e->count];
}

static void set(struct environment *e, const char *name, size_t name_length, const char *value, size_t value_length) {
    char *text = malloc(name_length + value_length + 2);
    struct variable *v = find(e, name, name_length);
    bool fresh = v == NULL;
    v = fresh ? add(e) : v;
    if (text == NULL || v == NULL) {
        free(text);
        e->failed = true;
        return;
    }
    memcpy(text, name, name_length);
    text[name_length] = '=';
    memcpy(text + name_length + 1, value, value_length);
    text[name_length + 1 + value_length] = 0;
    if (fresh) {
        e->count++;
    } else {
        free(v->text);
    }
    *v = (struct variable){hash_of(name, name_length), name_length, text};
}

void environment_set(struct environment *e, const char *name, const char *value) {
    set(e, name, strlen(name), value, strlen(value));
}

void environment_set_all(struct environment *e, const struct buffer *map) {
    if (map->length == 0) {
        return;
    }
    /* Not read_string: the map is kept and must not change. */
    struct reader r = {map->bytes + map->start, map->length, false};
    uint32_t count = read_count(&r, UINT32_MAX, 8);
    for (uint32_t i = 0; i < count && !r.bad; i++) {
        struct slice name = read_bytes(&r);
        struct slice value = read_bytes(&r);
        if (!r.bad) {
            set(e, (const char *)name.bytes, name.length, (const char *)value.bytes, value.length);
        }
    }
}

const char *environment_get(const struct environment *e, const char *name) {
    const struct variable *v = find(e, name, strlen(name));
    return v == NULL ? "" : v->text + v->name_length + 1;
}

const char **environment_list(struct environment *e) {
    free(e->list);
    e->list = e->failed ? NULL : calloc(e->count + 1, sizeof *e->list);
    for (size_t i = 0; e->list != NULL && i < e->count; i++) {
        e->list[i] = e->variables[i].text;
    }
    return e->list;
}

void environment_free(struct environment *e) {
    for (size_t i = 0; i < e->count; i++) {
        free(e->variables[i].text);
    }
    free(e->variables);
    free(e->list);
    *e = (struct environment){0};
}

bool environment_take_own(const char *name, char *value, size_t size) {
    size_t length = strlen(name);
    for (char **at = environ; *at != NULL; at++) {
        if (strncmp(*at, name, length) == 0 && (*at)[length] == '=') {
            char *own = *at + length + 1;
            size_t own_length = strlen(own);
            bool fits = own_length < size;
            memcpy(value, own, fits ? own_length + 1 : 0);
            explicit_bzero(own, own_length);
            return fits;
        }
    }
    return false;
}

const char *environment_path(void) {
    const char *path = getenv("PATH");
    return path != NULL && *path != 0 ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}
