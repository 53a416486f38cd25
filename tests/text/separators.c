/* Bits that separators.h sets for 64 bytes at a time of stdin, as numbers, a line each. */
#include <inttypes.h>
#include <stdio.h>

#include "separators.h"

int main(void) {
    char bytes[64];
    while (fread(bytes, 1, sizeof bytes, stdin) == sizeof bytes) printf("%" PRIu64 "\n", separators(bytes));
    return 0;
}
