/* The whole algorithm for one instruction set. The including file names the set to the
 * compiler and defines
 *
 *   NAME            of the kernel, as W2V_ISA and users spell it
 *   TABLE           name of its w2v_kernel
 *   LANES           floats per vector register
 *   TILE_COLS       vectors of columns in an update tile (5 or 7): 2 * TILE_COLS
 *                   accumulators must fit beside 3 operands
 *   TILE_CONTEXTS   contexts in a tile of noise logits: twice as many accumulators
 *   TALL_CONTEXTS   contexts in such a tile of one vector of noise words in place of two;
 *                   2 * TILE_CONTEXTS if not given
 *   BF16            if products with noise words and tree nodes shall be in bf16
 *   INT16           if those with noise words and of the band shall be in int16
 *   VNNI            if products of int16 shall be added at once without AVX-512; INT16 too
 *   AMX             if those with noise words and of the band shall be by matrix tiles; BF16 too
 *   TILE_CENTERS    centers in a tile of pairs' logits: up to 5 times as many accumulators; not for AMX
 */
#include "kernels.h"

#include "vector.h"

#include "random.h"

enum { TILE_ROWS = 2, TILE_DISTANCES = 5, PATH_NODES = 8 };

#ifndef TALL_CONTEXTS
#define TALL_CONTEXTS (2 * TILE_CONTEXTS)
#endif

#if defined(BF16) || defined(INT16)
#define PAIRS
#endif

#define DELTA_LIMIT 0.5f /* see skipgram.h */

#include "products.h"
#ifdef AMX
#include "tiles.h"
#endif
#include "worker.h"

#include "sharing.h"

#include "hot.h"

#include "losses.h"

#if defined(BF16)
#include "pairs_bf16.h"
#include "pairs.h"
#include "noise_bf16.h"
#elif defined(INT16)
#include "pairs_int16.h"
#include "pairs.h"
#include "noise_int16.h"
#else
#include "noise_float.h"
#endif

#ifdef AMX
#include "noise_amx.h"
#endif

#include "noise.h"

#include "private.h"

#if defined(BF16)
#include "band_bf16.h"
#ifdef AMX
#include "band_amx.h"
#endif
#elif defined(INT16)
#include "band_int16.h"
#else
#include "band_float.h"
#endif

#include "band.h"

#include "sampled_softmax.h"

#include "skipgram.h"

#include "cbow.h"

#include "block.h"

#include "path.h"

#ifdef BF16
#include "path_bf16.h"
#else
#include "path_float.h"
#endif

#include "hierarchical.h"

#include "hierarchical_cbow.h"

#include "stream.h"

#include "create.h"

#include "state.h"

#ifdef AMX
#include "with_tiles.h"

const w2v_kernel TABLE = {
    NAME,  create,      train_with_tiles, flush_with_tiles, take_loss, destroy,
    bytes, state_bytes, save_state,       restore_state,    STEP,      w2v_amx_refused,
};
#else
const w2v_kernel TABLE = {
    NAME,  create,      train,      flush,         take_loss, destroy,
    bytes, state_bytes, save_state, restore_state, STEP,      NULL,
};
#endif
