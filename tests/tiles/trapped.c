/* Matrix tiles for a processor that has none: preloaded into a process, it carries out the tile
 * instructions that such a processor refuses, and has w2v believe that there are tiles. So the
 * machine code that a processor with tiles would run is tested: .ci/emulated. The product's
 * arithmetic is that of tiles.h, which products.c checks; what is decoded here - which tile, which
 * address, which step, what shape - is Intel's manual, read once more. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>

#define LANES 16
#define W2V_EMULATE_TILES
#include "../../w2v/kernels/vector.h"

#include "../../w2v/kernels/tiles.h"

static _Thread_local struct {
    int configured;
    uint8_t rows[TILES];
    uint16_t row_bytes[TILES];
    float data[TILES][TILE_SIZE][TILE_SIZE] __attribute__((aligned(64)));
} tiles;

static long carried_out;

/* Found before w2v's own: a preloaded library comes first. */
const char *w2v_amx_lacking(void) { return NULL; }
const char *w2v_amx_refused(void) { return NULL; }

static void give_up(const char *why, const uint8_t *code) {
    fprintf(stderr, "trapped: %s:", why);
    for (int k = 0; k < 9; k++) fprintf(stderr, " %02x", code[k]);
    fprintf(stderr, "\n");
    _exit(99);
}

/* The value of register 0 .. 15 in the numbering of instructions. */
static int64_t value_of(const ucontext_t *context, int number) {
    static const int places[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                   REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                   REG_R12, REG_R13, REG_R14, REG_R15};
    return context->uc_mcontext.gregs[places[number]];
}

/* What an instruction's bytes say. */
typedef struct {
    int prefix, opcode;   /* 0 none, 1 66, 2 F3, 3 F2 */
    int mode, reg, rm, third;
    int64_t base, index;  /* address of memory operands; index is scaled */
    int length;
} instruction;

static int64_t displacement(const uint8_t *at, int size) {
    int8_t small;
    int32_t large;
    memcpy(&small, at, 1);
    memcpy(&large, at, 4);
    return size == 1 ? small : large;
}

static void read_memory_operand(instruction *in, const ucontext_t *context, const uint8_t *code,
                                int x, int b) {
    const uint8_t *at = code + 5;
    int base = in->rm | b << 3;
    if (in->rm == 4) {
        const int index = (*at >> 3 & 7) | x << 3;
        base = (*at & 7) | b << 3;
        if (index != 4) in->index = value_of(context, index) << (*at >> 6);
        at++;
    }
    if (in->mode == 0 && (base & 7) == 5) give_up("an address without a base", code);
    in->base = value_of(context, base);
    const int size = in->mode == 1 ? 1 : in->mode == 2 ? 4 : 0;
    if (size) in->base += displacement(at, size);
    in->length = (int)(at - code) + size;
}

static instruction decode(const ucontext_t *context, const uint8_t *code) {
    instruction in = {0};
    /* three bytes of VEX, map 0F38, 128 bits, W0 */
    if (code[0] != 0xc4 || (code[1] & 0x1f) != 2 || (code[2] & 0x84)) give_up("no tile", code);
    in.prefix = code[2] & 3;
    in.third = ~(code[2] >> 3) & 15;
    in.opcode = code[3];
    in.mode = code[4] >> 6;
    in.reg = (code[4] >> 3 & 7) | (code[1] & 0x80 ? 0 : 8);
    in.rm = code[4] & 7;
    in.length = 5;
    if (in.mode != 3)
        read_memory_operand(&in, context, code, !(code[1] & 0x40), !(code[1] & 0x20));
    return in;
}

/* LDTILECFG of a shape other than tiles.h's is refused: nothing here would notice its use. */
static void configure(const uint8_t *config, const uint8_t *code) {
    memset(&tiles, 0, sizeof tiles);
    if (config[0] != 1 || config[1] != 0) give_up("another palette", code);
    for (int tile = 0; tile < 16; tile++) {
        uint16_t row_bytes;
        memcpy(&row_bytes, config + 16 + 2 * tile, 2);
        const int rows = config[48 + tile];
        if (tile >= TILES ? rows || row_bytes : rows != TILE_SIZE || row_bytes != 64)
            give_up("another shape", code);
        if (tile < TILES) {
            tiles.rows[tile] = (uint8_t)rows;
            tiles.row_bytes[tile] = row_bytes;
        }
    }
    tiles.configured = 1;
}

static void move_rows(const instruction *in, int store) {
    for (int row = 0; row < tiles.rows[in->reg]; row++) {
        char *memory = (char *)(in->base + row * in->index);
        void *own = tiles.data[in->reg][row];
        if (store) memcpy(memory, own, tiles.row_bytes[in->reg]);
        else memcpy(own, memory, tiles.row_bytes[in->reg]);
    }
}

static void carry_out(int signal, siginfo_t *info, void *given) {
    (void)signal;
    (void)info;
    ucontext_t *context = given;
    const uint8_t *code = (const uint8_t *)context->uc_mcontext.gregs[REG_RIP];
    const instruction in = decode(context, code);
    enum { NONE, PF3 = 2, PF2 };
    const int what = in.opcode << 4 | in.prefix << 1 | (in.mode == 3);
    if (what != (0x49 << 4 | NONE << 1) && !tiles.configured) give_up("not configured", code);
    if (what == (0x49 << 4 | NONE << 1) && in.reg == 0) {
        configure((const uint8_t *)(in.base + in.index), code);
    } else if (what == (0x49 << 4 | NONE << 1 | 1) && in.reg == 0 && in.rm == 0) {
        memset(&tiles, 0, sizeof tiles);
    } else if (what == (0x49 << 4 | PF2 << 1 | 1) && in.rm == 0 && in.reg < TILES) {
        memset(tiles.data[in.reg], 0, sizeof tiles.data[in.reg]);
    } else if (what == (0x4b << 4 | PF2 << 1) && in.rm == 4 && in.reg < TILES) {
        move_rows(&in, 0);
    } else if (what == (0x4b << 4 | PF3 << 1) && in.rm == 4 && in.reg < TILES) {
        move_rows(&in, 1);
    } else if (what == (0x5c << 4 | PF3 << 1 | 1) && in.reg < TILES && in.third < TILES) {
        if (in.reg == in.rm || in.reg == in.third || in.rm == in.third)
            give_up("a product of a tile with itself", code);
        emulated_product((const vf *)tiles.data[in.rm], (const vf *)tiles.data[in.third],
                         (vf *)tiles.data[in.reg]);
    } else {
        give_up("an instruction that w2v does not use", code);
    }
    context->uc_mcontext.gregs[REG_RIP] += in.length;
    __atomic_fetch_add(&carried_out, 1, __ATOMIC_RELAXED);
}

__attribute__((constructor)) static void begin(void) {
    struct sigaction action = {.sa_sigaction = carry_out, .sa_flags = SA_SIGINFO | SA_NODEFER};
    if (sigaction(SIGILL, &action, NULL)) abort();
}

/* A process that was to use tiles and used none has tested nothing: who asks is told. */
__attribute__((destructor)) static void end(void) {
    const char *path = getenv("TRAPPED_REPORT");
    FILE *file = path ? fopen(path, "a") : NULL; /* children of the process add their lines */
    if (!file) return;
    fprintf(file, "%ld\n", carried_out);
    fclose(file);
}
