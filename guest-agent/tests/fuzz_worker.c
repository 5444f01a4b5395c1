/*
 * Stands in for src/worker.c in the fuzzer: runs each operation at once, on the loop's thread, so that a run is
 * repeatable.
 */
#include <stdlib.h>
#include <string.h>

#include "worker.h"

struct job {
    operation run;
    size_t length;
    uint8_t payload[];
};

int worker_open(void) {
    return 0;
}

void worker_prepare(struct conn *c, operation run, const struct reader *reader) {
    struct job *job = malloc(sizeof *job + reader->left);
    job->run = run;
    job->length = reader->left;
    memcpy(job->payload, reader->at, reader->left);
    c->job = job;
    conn_lend(c);
}

void worker_submit(struct conn *c) {
    struct job *job = c->job;
    struct reader reader = {job->payload, job->length, false};
    c->job = NULL;
    job->run(c, &reader);
    free(job);
    conn_return(c);
}
