"""Float32 to lines of words and decimals, without the GIL.

Each number becomes the shortest decimal that reads back to the same float32, by
Giulietti's Schubfach method ("The Schubfach way to render doubles", 2020), for 32 bits.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memchr, memcpy

# 10**k for k of -31 to 45, as the 64 leading bits rounded up.
cdef enum:
    FIRST_POWER = -31
    POWERS = 77
    LONGEST_NUMBER = 16     # of those written here: -0.00012345678 and -1.1754944e-38

cdef uint64_t[POWERS] LEADING_BITS


def _leading_bits(exponent):
    """Return the 64 leading bits of 10**exponent, rounded up."""
    if exponent < 0:
        divisor = 10**-exponent
        return -(-(1 << (divisor.bit_length() + 63)) // divisor)
    power = 10**exponent
    shift = power.bit_length() - 64
    return -(-power >> shift) if shift > 0 else power << -shift


for _power in range(POWERS):
    LEADING_BITS[_power] = _leading_bits(_power + FIRST_POWER)


cdef inline uint32_t scaled(uint64_t power, uint32_t value) noexcept nogil:
    """Return the high part of power * value, its last bit set if anything falls away."""
    cdef uint64_t low = <uint64_t> (<uint32_t> power) * value
    cdef uint64_t high = (power >> 32) * value + (low >> 32)
    return <uint32_t> (high >> 32) | <uint32_t> (<uint32_t> high > 1)


cdef uint32_t shortest(uint32_t bits, int* exponent) noexcept nogil:
    """Return the digits d and the exponent k of the shortest d * 10**k that reads as `bits`.

    `bits` are those of a finite float32 above zero. Of several shortest ones it is the
    nearest. Trailing zeros are left in.
    """
    cdef uint32_t fraction = bits & 0x7FFFFF
    cdef int biased = <int> (bits >> 23)
    cdef uint32_t c = fraction | (0x800000 if biased else 0)
    cdef int q = biased - 150 if biased else -149
    # Below a power of two the neighbor is only half as far away.
    cdef bint uneven = fraction == 0 and biased > 1
    # The ends of the interval read as this number only if its last bit is even.
    cdef uint32_t odd = c & 1
    # k = floor(log10(2**q)), or of 3/4 of it; h brings 10**-k to the same scale.
    cdef int k = (q * 1262611 - (524031 if uneven else 0)) >> 22
    cdef int h = q + ((-k * 1741647) >> 19) + 1
    cdef uint64_t power = LEADING_BITS[-k - FIRST_POWER]
    cdef uint32_t lower = scaled(power, (4 * c - 2 + <uint32_t> uneven) << h) + odd
    cdef uint32_t value = scaled(power, (4 * c) << h)
    cdef uint32_t upper = scaled(power, (4 * c + 2) << h) - odd
    cdef uint32_t digits = value // 4
    cdef uint32_t tens = digits // 10
    cdef bint below, above
    if digits >= 10:
        below = lower <= 40 * tens
        above = 40 * tens + 40 <= upper
        if below != above:
            exponent[0] = k + 1
            return tens + <uint32_t> above
    exponent[0] = k
    below = lower <= 4 * digits
    above = 4 * digits + 4 <= upper
    if below != above:
        return digits + <uint32_t> above
    if value > 4 * digits + 2 or (value == 4 * digits + 2 and digits & 1):
        return digits + 1
    return digits


cdef Py_ssize_t put_special(unsigned char* out, uint32_t bits) noexcept nogil:
    """Write zero, an infinity or not-a-number without its sign; return the length."""
    if bits == 0:
        out[0] = c"0"
        return 1
    memcpy(out, b"inf" if bits == 0x7F800000 else b"nan", 3)
    return 3


cdef Py_ssize_t put_number(unsigned char* out, float number) noexcept nogil:
    """Write one decimal of at most LONGEST_NUMBER bytes; return its length."""
    cdef uint32_t bits, digits
    cdef unsigned char[10] text
    cdef int exponent, count, point, i
    cdef Py_ssize_t used = 0
    memcpy(&bits, &number, sizeof(bits))
    if bits >> 31:
        out[0] = c"-"
        used = 1
        bits &= 0x7FFFFFFF
    if bits == 0 or bits >= 0x7F800000:
        return used + put_special(out + used, bits)
    digits = shortest(bits, &exponent)
    while digits % 10 == 0:
        digits //= 10
        exponent += 1
    count = 0
    while digits:
        text[9 - count] = <unsigned char> (c"0" + digits % 10)
        digits //= 10
        count += 1
    point = count + exponent    # digits before the decimal point, if written out
    if -4 < point <= 0:
        out[used] = c"0"
        out[used + 1] = c"."
        used += 2
        memcpy(out + used, b"000", -point)
        used -= point
        memcpy(out + used, text + 10 - count, count)
        return used + count
    if 0 < point <= 9:
        for i in range(max(count, point)):
            if i == point:
                out[used] = c"."
                used += 1
            out[used] = text[10 - count + i] if i < count else c"0"
            used += 1
        return used
    return used + put_scientific(out + used, text + 10 - count, count, point - 1)


cdef Py_ssize_t put_scientific(
    unsigned char* out, const unsigned char* text, int count, int exponent
) noexcept nogil:
    """Write digits and a power of ten of at most two digits; return the length."""
    cdef Py_ssize_t used = 1
    out[0] = text[0]
    if count > 1:
        out[1] = c"."
        memcpy(out + 2, text + 1, count - 1)
        used += count
    out[used] = c"e"
    used += 1
    if exponent < 0:
        out[used] = c"-"
        used += 1
        exponent = -exponent
    if exponent >= 10:
        out[used] = <unsigned char> (c"0" + exponent // 10)
        used += 1
    out[used] = <unsigned char> (c"0" + exponent % 10)
    return used + 1


def format_lines(const unsigned char[::1] words, const float[:, :] matrix):
    """Return the lines of a text file for some words and their vectors.

    Parameters
    ----------
    words : buffer of uint8
        The words, each followed by a newline. IN.
    matrix : buffer of float32, shape (n, dim)
        Their vectors. IN.

    Returns
    -------
    bytes
        n lines: the word and `dim` shortest decimals, separated by single spaces.
    """
    cdef Py_ssize_t n = matrix.shape[0]
    cdef Py_ssize_t dim = matrix.shape[1]
    cdef Py_ssize_t word = 0
    cdef Py_ssize_t used = 0
    cdef Py_ssize_t row, column, length
    cdef const unsigned char* end
    cdef unsigned char* out = <unsigned char*> PyMem_Malloc(
        words.shape[0] + n * dim * (LONGEST_NUMBER + 1) + 1
    )
    if out == NULL:
        raise MemoryError
    try:
        with nogil:
            for row in range(n):
                end = <const unsigned char*> memchr(&words[word], c"\n", words.shape[0] - word)
                length = end - &words[word]
                memcpy(out + used, &words[word], length)
                word += length + 1
                used += length
                for column in range(dim):
                    out[used] = c" "
                    used += 1
                    used += put_number(out + used, matrix[row, column])
                out[used] = c"\n"
                used += 1
        return out[:used]
    finally:
        PyMem_Free(out)
