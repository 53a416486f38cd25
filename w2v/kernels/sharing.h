/* How fast two cores share what both write, which decides whether copies of hot rows pay (hot.h). */
#include <stdint.h>

/* Two threads call this together, with sides 0 and 1: they pass one cache line to and fro, `*line`, which is 0
 * at first and has its 64 bytes for itself. Returns the least of several means, in seconds, for there and
 * back, or 0 if the other did not answer within some hundredths of a second. */
double w2v_pass_line(int64_t *line, int side);
