/*
 * /etc/passwd and /etc/group. See users.h.
 */
#include "users.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20, FIELDS = 7 };

/* The whole file, NUL-terminated; NULL if it cannot be read. A hostile guest may put anything there. */
static char *read_table(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat stat;
    if (fd < 0) {
        return NULL;
    }
    char *text = NULL;
    if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_size < FILE_MAX) {
        text = malloc((size_t)stat.st_size + 1);
    }
    size_t length = 0;
    ssize_t got = 1;
    while (text != NULL && got > 0 && length < (size_t)stat.st_size) {
        got = read(fd, text + length, (size_t)stat.st_size - length);
        length += got > 0 ? (size_t)got : 0;
    }
    if (text != NULL) {
        text[length] = 0;
    }
    close(fd);
    return text;
}

/* Cuts the next line into fields. NULL at the end of the text. Missing fields are empty. */
static char *next_line(char *text, char *fields[FIELDS]) {
    if (text == NULL || *text == 0) {
        return NULL;
    }
    char *end = strchr(text, '\n');
    char *next = end == NULL ? text + strlen(text) : end + 1;
    if (end != NULL) {
        *end = 0;
    }
    char *at = text;
    for (int i = 0; i < FIELDS; i++) {
        fields[i] = at;
        char *colon = strchr(at, ':');
        at = colon == NULL ? at + strlen(at) : colon + 1;
        if (colon != NULL) {
            *colon = 0;
        }
    }
    return next;
}

static bool decimal(const char *text, unsigned *value) {
    char *end;
    if (*text < '0' || *text > '9') {
        return false;
    }
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    *value = (unsigned)number;
    return *end == 0 && errno == 0 && number < UINT32_MAX;
}

static bool fill_user(char *fields[FIELDS], struct user *user) {
    unsigned uid, gid;
    if (!decimal(fields[2], &uid) || !decimal(fields[3], &gid)) {
        return false;
    }
    user->uid = uid;
    user->gid = gid;
    int name = snprintf(user->name, sizeof user->name, "%s", fields[0]);
    int home = snprintf(user->home, sizeof user->home, "%s", *fields[5] == '/' ? fields[5] : "/");
    return name < (int)sizeof user->name && home < (int)sizeof user->home;
}

bool user_find(const char *name, struct user *user) {
    char *fields[FIELDS];
    unsigned wanted, uid;
    bool by_id = decimal(name, &wanted);
    char *text = read_table("/etc/passwd");
    bool found = false;
    for (char *at = text; *name != 0 && !found && (at = next_line(at, fields)) != NULL;) {
        bool fits = strcmp(fields[0], name) == 0 || (by_id && decimal(fields[2], &uid) && uid == wanted);
        found = fits && fill_user(fields, user);
    }
    if (text == NULL && (strcmp(name, "root") == 0 || strcmp(name, "0") == 0)) {
        *user = (struct user){.name = "root", .home = "/root"};
        found = true; /* an image without a passwd file still has its root */
    }
    free(text);
    return found;
}

static bool lists(const char *members, const char *name) {
    size_t length = strlen(name);
    while (*members != 0) {
        size_t member = strcspn(members, ",");
        if (member == length && memcmp(members, name, length) == 0) {
            return true;
        }
        members += member + (members[member] == ',' ? 1 : 0);
    }
    return false;
}

size_t user_groups(const struct user *user, gid_t groups[GROUPS_MAX]) {
    char *fields[FIELDS];
    size_t count = 0;
    groups[count++] = user->gid;
    char *text = read_table("/etc/group");
    for (char *at = text; count < GROUPS_MAX && (at = next_line(at, fields)) != NULL;) {
        unsigned gid;
        if (lists(fields[3], user->name) && decimal(fields[2], &gid) && gid != user->gid) {
            groups[count++] = gid;
        }
    }
    free(text);
    return count;
}

static void name_of(const char *path, unsigned id, char name[NAME_SIZE]) {
    char *fields[FIELDS];
    char *text = read_table(path);
    snprintf(name, NAME_SIZE, "%u", id);
    for (char *at = text; (at = next_line(at, fields)) != NULL;) {
        unsigned entry;
        if (decimal(fields[2], &entry) && entry == id && strlen(fields[0]) < NAME_SIZE) {
            strcpy(name, fields[0]);
            break;
        }
    }
    free(text);
}

void owner_names(struct owner_names *names, uid_t uid, gid_t gid) {
    if (!names->known || names->uid != uid) {
        name_of("/etc/passwd", uid, names->user);
    }
    if (!names->known || names->gid != gid) {
        name_of("/etc/group", gid, names->group);
    }
    names->known = true;
    names->uid = uid;
    names->gid = gid;
}

bool owner_id(const char *name, bool group, unsigned *id) {
    char *fields[FIELDS];
    char *text = read_table(group ? "/etc/group" : "/etc/passwd");
    bool found = false;
    for (char *at = text; !found && (at = next_line(at, fields)) != NULL;) {
        found = strcmp(fields[0], name) == 0 && decimal(fields[2], id);
    }
    free(text);
    return found || decimal(name, id);
}
