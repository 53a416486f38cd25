/* Cuts lines of an edge list into names and weights, and numbers the names in a Table.
 *
 * A line is two names and perhaps a weight, with runs of blanks (space, tab, carriage
 * return) between them, or one comma with or without blanks around it. Lines that begin
 * with # or % are comments.
 */
#ifndef W2V_GRAPH_EDGES_H
#define W2V_GRAPH_EDGES_H

#include <math.h>

#include "table.h"

/* Names whose slots are asked for before the first of them is looked up. */
enum { EDGES_AHEAD = 64 };

/* A number longer than this is none. */
enum { NUMBER_BYTES = 64, NUMBER_DIGITS = 15 };

/* What the lines are. */
enum { LINES_EDGES, LINES_UNWEIGHTED, LINES_NODES };

/* What scan_edges() returns. */
enum {
    EDGES_DONE = 0,
    EDGES_NO_MEMORY,
    EDGES_ONE_NAME,
    EDGES_TOO_MANY,
    EDGES_RAGGED,
    EDGES_COMMA,
    EDGES_WEIGHT
};

typedef struct {
    int64_t edges, lines, comments;
    int64_t columns;      /* of its lines; 0: there is none but comments */
    int64_t first_line;   /* the first that is no comment, counted from 0 */
    int64_t stopped_line; /* the faulty one, counted from 0 */
    int64_t stopped_at;   /* bytes into the text: the field at fault ... */
    int64_t stopped_size; /* ... and its length */
    int64_t fields;       /* of the faulty line */
} ScannedEdges;

enum { IS_NAME, IS_BLANK, IS_COMMA, IS_END };

static inline int kind_of(char c) {
    if (LIKELY((unsigned char)c > ',')) return IS_NAME;
    if (c == ' ' || c == '\t' || c == '\r') return IS_BLANK;
    return c == ',' ? IS_COMMA : c == '\n' ? IS_END : IS_NAME;
}

/* Any decimal, by the C library; 0 if it is none. */
static __attribute__((noinline)) int any_number(const char *text, size_t length, double *number) {
    char copy[NUMBER_BYTES + 1], *end;
    if (length > NUMBER_BYTES) return 0;
    for (size_t i = 0; i < length; i++)
        if (memchr("0123456789+-.eE", text[i], 15) == NULL) return 0;
    memcpy(copy, text, length);
    copy[length] = 0;
    *number = strtod(copy, &end);
    return end == copy + length && length > 0;
}

/* Reads a positive, finite weight; 0 if it is none. */
static inline int read_weight(const char *text, size_t length, float *weight) {
    static const double powers[NUMBER_DIGITS + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                     1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    uint64_t digits = 0;
    size_t at = 0, point = length;
    double number;
    for (; at < length && at <= NUMBER_DIGITS; at++) {
        unsigned digit = (unsigned char)text[at] - '0';
        if (digit < 10) digits = digits * 10 + digit;
        else if (text[at] == '.' && point == length) point = at;
        else break;
    }
    if (at == length && length > (point < length)) {
        /* both are exact: one rounding */
        number = (double)digits / powers[point < length ? length - 1 - point : 0];
    } else if (!any_number(text, length, &number)) {
        return 0;
    }
    *weight = (float)number;
    return *weight > 0 && *weight <= 3.402823466e38f;
}

typedef struct {
    uint64_t lo, hi, hash;
    const char *word;
} Named;

static inline Named named(const char *word, size_t length) {
    Named name;
    word_key(word, length, &name.lo, &name.hi);
    name.hash = mix(name.lo, name.hi);
    name.word = word;
    return name;
}

/* Numbers the names found; -1 when memory is full. */
static inline int number_names(Table *table, const Named *found, int n, int32_t *out) {
    for (int i = 0; i < n; i++)
        __builtin_prefetch(&table->slots[slot_of(table, found[i].hash)], 1);
    for (int i = 0; i < n; i++) {
        const Named *one = &found[i];
        out[i] = table_add(table, one->hash, one->lo, one->hi, one->word, 1);
        if (UNLIKELY(out[i] < 0)) return -1;
    }
    return 0;
}

typedef struct {
    const char *at[4]; /* of the first fields */
    size_t size[4];
    int64_t count;     /* of all fields */
} Fields;

/* Cuts one line, from its first byte that is not blank; returns where it ends, or NULL if a
 * field between commas is empty: fields->at[0] is where. */
static inline const char *cut_fields(const char *p, Fields *fields) {
    fields->count = 0;
    for (;;) {
        const char *start = p, *stop;
        int commas = 0, kind;
        while (kind_of(*p) == IS_NAME) p++;
        stop = p;
        if (fields->count < 4) {
            fields->at[fields->count] = start;
            fields->size[fields->count] = (size_t)(stop - start);
        }
        fields->count++;
        while ((kind = kind_of(*p)) == IS_BLANK || kind == IS_COMMA) {
            commas += kind == IS_COMMA;
            p++;
        }
        if (UNLIKELY(stop == start || commas > 1 || (kind == IS_END && commas))) {
            fields->at[0] = start;
            fields->size[0] = 0;
            return NULL;
        }
        if (kind == IS_END) return p;
    }
}

/* What is wrong with a line of these fields, or 0. `columns` is what the first line had. */
static inline int fault_of(const Fields *fields, int lines, int64_t columns) {
    if (lines == LINES_NODES) return fields->count == 1 ? 0 : EDGES_TOO_MANY;
    if (fields->count < 2) return EDGES_ONE_NAME;
    if (lines == LINES_UNWEIGHTED) return 0;
    if (fields->count > 3) return EDGES_TOO_MANY;
    return fields->count == columns ? 0 : EDGES_RAGGED;
}

/* Scans text[:size], whole lines of which the last may lack its end. Overwrites SCAN_PADDING
 * bytes after it.
 *
 * out     (size / 2 + 1,) OUT: numbers of the names, two for each edge or one for each node
 * weights (size / 4 + 1,) OUT: one for each edge if there are three columns
 * skip    lines that are no comments to leave out at the front, unread
 */
static inline int scan_edges(Table *table, char *text, size_t size, int lines, int skip,
                             int32_t *out, float *weights, ScannedEdges *result) {
    const char *p = text, *end = text + size;
    Named found[EDGES_AHEAD];
    Fields fields;
    int n = 0, fault = 0;
    memset(result, 0, sizeof *result);
    memset(text + size, '\n', SCAN_PADDING);
    while (p < end) {
        while (kind_of(*p) == IS_BLANK) p++;
        if (*p == '\n') {
            result->lines += p < end;
            p++;
            continue;
        }
        if (*p == '#' || *p == '%' || skip > 0) {
            if (*p == '#' || *p == '%') result->comments++;
            else skip--;
            p = (const char *)memchr(p, '\n', (size_t)(end - p) + 1);
            continue;
        }
        p = cut_fields(p, &fields);
        if (result->columns == 0) {
            result->columns = lines == LINES_UNWEIGHTED ? 2 : fields.count;
            result->first_line = result->lines;
        }
        fault = p == NULL ? EDGES_COMMA : fault_of(&fields, lines, result->columns);
        if (!fault && result->columns == 3 &&
            !read_weight(fields.at[2], fields.size[2], &weights[result->edges])) {
            fault = EDGES_WEIGHT;
            fields.at[0] = fields.at[2];
            fields.size[0] = fields.size[2];
        }
        if (UNLIKELY(fault)) {
            result->stopped_line = result->lines;
            result->stopped_at = fields.at[0] - text;
            result->stopped_size = (int64_t)fields.size[0];
            result->fields = fields.count;
            return fault;
        }
        found[n++] = named(fields.at[0], fields.size[0]);
        if (lines != LINES_NODES) found[n++] = named(fields.at[1], fields.size[1]);
        result->edges++;
        if (n >= EDGES_AHEAD - 1) {
            if (number_names(table, found, n, out) != 0) return EDGES_NO_MEMORY;
            out += n;
            n = 0;
        }
    }
    return number_names(table, found, n, out) != 0 ? EDGES_NO_MEMORY : EDGES_DONE;
}

#endif
