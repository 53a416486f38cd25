/* Joins phrases in text; everything else is copied as it is.
 *
 * A word that is in no phrase, and a line end, put an end to every phrase before them: between
 * two such places a block can be rewritten without knowing what surrounds it. What lies before
 * the first and after the last of them is left to whoever puts blocks together.
 */
#ifndef W2V_TEXT_REWRITE_H
#define W2V_TEXT_REWRITE_H

#include "pairs.h"

typedef struct {
    const Table *words;     /* every word of every phrase; its number is its id */
    const Joins *joins;
    int passes;
    const char *delimiter;
    size_t delimiter_length;
} Phrasing;

/* Successive words that all are in phrases, and may be joined. */
typedef struct {
    int32_t *ids, *words;   /* `words` as for join_ids() */
    const char **starts;
    int64_t n, room;
} Run;

typedef struct {
    int64_t head, tail;     /* text[0:head] and text[tail:size] were not rewritten */
    int64_t written;
    int64_t stopped_at;     /* with SCAN_LONG_WORD */
} Rewritten;

typedef struct {
    const Phrasing *how;
    Run *run;
    const char *text, *end, *copied;  /* text before `copied` is in `out` */
    char *out;
} Rewriting;

static void run_free(Run *run) {
    free(run->ids);
    free(run->words);
    free(run->starts);
    memset(run, 0, sizeof *run);
}

static int run_grow(Run *run) {
    int64_t room = run->room ? 2 * run->room : 256;
    int32_t *ids = (int32_t *)realloc(run->ids, room * sizeof *ids);
    if (ids != NULL) run->ids = ids;
    int32_t *words = (int32_t *)realloc(run->words, (room + 1) * sizeof *words);
    if (words != NULL) run->words = words;
    const char **starts = (const char **)realloc(run->starts, room * sizeof *starts);
    if (starts != NULL) run->starts = starts;
    if (ids == NULL || words == NULL || starts == NULL) return -1;
    run->room = room;
    return 0;
}

static inline int run_add(Run *run, int32_t id, const char *start) {
    if (run->n == run->room && run_grow(run) != 0) return -1;
    run->ids[run->n] = id;
    run->words[run->n] = (int32_t)run->n;
    run->starts[run->n++] = start;
    return 0;
}

static void copy_to(Rewriting *work, const char *end) {
    size_t length = (size_t)(end - work->copied);
    memcpy(work->out, work->copied, length);
    work->out += length;
    work->copied = end;
}

/* Writes the delimiter for the separators before the word at `start`. */
static void write_joint(Rewriting *work, const char *before, const char *start) {
    const char *text = work->text;
    copy_to(work, text + find_separator(text, (size_t)(before - text), (size_t)(work->end - text)));
    memcpy(work->out, work->how->delimiter, work->how->delimiter_length);
    work->out += work->how->delimiter_length;
    work->copied = start;
}

/* Joins what is to be joined in the run, and begins another. */
static void close_run(Rewriting *work) {
    Run *run = work->run;
    int64_t words = run->n, n = run->n;
    run->n = 0;
    if (words < 2) return;
    for (int pass = 1; pass <= work->how->passes; pass++)
        n = join_ids(work->how->joins, (unsigned)pass, run->ids, run->words, n);
    if (n == words) return;
    run->words[n] = (int32_t)words;
    for (int64_t i = 0; i < n; i++)
        for (int32_t word = run->words[i] + 1; word < run->words[i + 1]; word++)
            write_joint(work, run->starts[word - 1], run->starts[word]);
}

static inline void begin_body(Rewriting *work, const char *at, Rewritten *result) {
    result->head = at - work->text;
    work->copied = at;
}

/* Rewrites text[0:size], which begins and ends between words, to `out`.
 *
 * whole: text begins and ends where no phrase does; else its head and tail are left out.
 * Overwrites SCAN_PADDING bytes after the text. `out` has room for the text and for a delimiter
 * for every two bytes of it. Returns SCAN_DONE, SCAN_NO_MEMORY or SCAN_LONG_WORD. */
static int rewrite_text(const Phrasing *how, Run *run, char *text, size_t size, int whole,
                        char *out, Rewritten *result) {
    Rewriting work = {how, run, text, text + size, text, out};
    const char *p = text, *synced = whole ? text : NULL;
    Found found[MOST_FOUND];
    int line_ended = 0;
    run->n = 0;
    result->head = 0;
    memset(text + size, ' ', SCAN_PADDING);
    while (p < work.end) {
        int n = find_words(&p, work.end, found);
        if (n < 0) {
            result->stopped_at = p - text;
            return n;
        }
        for (int i = 0; i < n; i++)
            if (found[i].word) __builtin_prefetch(&how->words->slots[slot_of(how->words, found[i].hash)]);
        for (int i = 0; i < n; i++) {
            const Found *one = &found[i];
            if (one->word == NULL) {
                if (synced) close_run(&work);
                line_ended = 1;
                continue;
            }
            int32_t id = table_find(how->words, one->hash, one->lo, one->hi, one->word);
            if (id < 0 || line_ended) {
                if (synced) close_run(&work);
                else begin_body(&work, one->word, result);
                synced = one->word;
                line_ended = 0;
            }
            if (id >= 0 && synced && run_add(run, id, one->word) != 0) return SCAN_NO_MEMORY;
        }
    }
    if (whole || line_ended) {
        if (synced) close_run(&work);
        else begin_body(&work, work.end, result);
        synced = work.end;
    }
    if (synced == NULL) {  /* no place to begin at: all of it is head */
        begin_body(&work, work.end, result);
        synced = work.end;
    }
    run->n = 0;
    result->tail = synced - text;
    copy_to(&work, synced);
    result->written = work.out - out;
    return SCAN_DONE;
}

#endif
