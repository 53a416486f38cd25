"""Lines of words and decimals to float32, without the GIL.

Each number is rounded once, from the decimal to the nearest float32.
"""

from libc.math cimport INFINITY, nextafterf
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcpy

cdef enum:
    LONGEST_TOKEN = 1024    # an exact float32 in decimal takes under 160 characters
    MOST_DIGITS = 18        # that surely fit in 64 bits

cdef extern from "Python.h":
    double PyOS_string_to_double(const char*, char**, void*) except? -1.0

# Powers of ten that a float64 holds exactly.
cdef double[23] EXACT_POWERS
for _power in range(23):
    EXACT_POWERS[_power] = float(10**_power)


cdef inline bint is_blank(unsigned char byte) noexcept nogil:
    return byte == c" " or byte == c"\t" or byte == c"\r"


cdef float round_once(bytes token, double value) except? -1.0:
    """Return the float32 nearest to the decimal whose nearest float64 is `value`.

    Matters only where `value` lies exactly between two float32: the decimal itself may
    lie a little above or below, and rounding twice would then go the wrong way.
    """
    from fractions import Fraction    # slow to import, and hardly ever needed

    cdef float nearest = <float> value
    exact = Fraction(token.decode("ascii"))
    middle = Fraction(value)
    if exact > middle and nearest < value:
        return nextafterf(nearest, INFINITY)
    if exact < middle and nearest > value:
        return nextafterf(nearest, -INFINITY)
    return nearest


cdef bint needs_care(double value) noexcept nogil:
    """Tell whether a finite `value` lies exactly between two float32."""
    cdef float nearest = <float> value
    cdef float other
    cdef uint64_t bits
    memcpy(&bits, &value, sizeof(bits))
    if value > -1.1754943508222875e-38 and value < 1.1754943508222875e-38:
        if value == nearest:
            return False
        other = nextafterf(nearest, INFINITY if value > nearest else -INFINITY)
        return value - nearest == other - value
    # 29 bits of a float64 fall away: exactly half of the last place that stays.
    return (bits & 0x1FFFFFFF) == 0x10000000


cdef int parse_slowly(
    const unsigned char* token, Py_ssize_t length, float* number
) except -1 with gil:
    """Read any decimal that Python reads; return 1, or 0 when it is no number of float32.

    Infinity is one where it is written as a word, and not where digits are too many for it.
    """
    cdef char* end
    cdef double value
    if length > LONGEST_TOKEN:
        return 0
    cdef bytes copy = token[:length]
    cdef const char* text = copy
    try:
        value = PyOS_string_to_double(text, &end, NULL)
    except ValueError:
        return 0
    if end - text != length:
        return 0
    if value == value and value - value == 0 and needs_care(value):
        number[0] = round_once(copy, value)
    else:
        number[0] = <float> value
    if number[0] == INFINITY or number[0] == -INFINITY:
        return not any([48 <= byte <= 57 for byte in copy])
    return 1


cdef int read_exponent(
    const unsigned char* token, Py_ssize_t length, Py_ssize_t* pos
) noexcept nogil:
    """Read an exponent of the usual kind, e-5 or e-05, at `pos` and move past it.

    Anything else is left where it is, for `parse_slowly`.
    """
    cdef Py_ssize_t digit = pos[0] + 2
    cdef int exponent = 0
    if length - digit < 1 or length - digit > 2:
        return 0
    if (token[digit - 2] != c"e" and token[digit - 2] != c"E") or token[digit - 1] != c"-":
        return 0
    while digit < length:
        if not c"0" <= token[digit] <= c"9":
            return 0
        exponent = exponent * 10 + (token[digit] - c"0")
        digit += 1
    pos[0] = length
    return -exponent


cdef int parse_number(
    const unsigned char* token, Py_ssize_t length, float* number
) except -1 nogil:
    """Read one decimal; return 1, or 0 when it is no number of float32."""
    cdef Py_ssize_t pos = 0
    cdef bint negative = False
    cdef uint64_t mantissa = 0
    cdef int digits = 0
    cdef int fraction = 0
    cdef int exponent
    cdef double value
    cdef uint32_t bits
    if pos < length and (token[pos] == c"-" or token[pos] == c"+"):
        negative = token[pos] == c"-"
        pos += 1
    while pos < length and c"0" <= token[pos] <= c"9" and digits < MOST_DIGITS:
        mantissa = mantissa * 10 + (token[pos] - c"0")
        digits += 1
        pos += 1
    if pos < length and token[pos] == c".":
        pos += 1
        while pos < length and c"0" <= token[pos] <= c"9" and digits < MOST_DIGITS:
            mantissa = mantissa * 10 + (token[pos] - c"0")
            digits += 1
            fraction += 1
            pos += 1
    if digits == 0:
        return parse_slowly(token, length, number)
    exponent = read_exponent(token, length, &pos) - fraction
    if pos != length or mantissa > (<uint64_t> 1 << 53) or exponent < -22 or exponent > 22:
        return parse_slowly(token, length, number)
    # Both operands are exact, so the one operation rounds correctly (Clinger, 1990).
    value = <double> mantissa
    if exponent < 0:
        value /= EXACT_POWERS[-exponent]
    else:
        value *= EXACT_POWERS[exponent]
    if needs_care(value):
        return parse_slowly(token, length, number)
    number[0] = <float> value
    if negative:
        # The sign bit itself: the compiler is told that the sign of zero is free.
        memcpy(&bits, number, sizeof(bits))
        bits |= <uint32_t> 1 << 31
        memcpy(number, &bits, sizeof(bits))
    return 1


def count_lines(const unsigned char[::1] data):
    """Return how many lines there are; the last one may go without its newline."""
    cdef Py_ssize_t size = data.shape[0]
    cdef Py_ssize_t lines = 0
    cdef Py_ssize_t pos
    if size == 0:
        return 0
    with nogil:
        for pos in range(size):
            lines += data[pos] == c"\n"
    return lines + (data[size - 1] != c"\n")


def read_lines(
    const unsigned char[::1] data,
    Py_ssize_t start,
    float[:, ::1] matrix,
    unsigned char[::1] words,
    bint named=True,
):
    """Read lines of a word and its numbers into a matrix and a list of words.

    Parameters
    ----------
    data : buffer of uint8, shape (bytes,)
        Whole lines. IN.
    start : int
        Where the first line begins, in bytes.
    matrix : buffer of float32, shape (n, dim)
        Row i receives the numbers of line i. OUT.
    words : buffer of uint8
        Receives the words, each followed by a newline. OUT. A word that does not fit
        stops the reading.
    named : bool
        Whether there are words; else lines are of numbers only.

    Returns
    -------
    row : int
        Lines read: n, or fewer when the line at `pos` is broken.
    pos : int
        The byte after the last line read.
    used : int
        Bytes written to `words`, of lines that were read.
    column : int
        Numbers read of a broken line; -1 when its word is missing or does not fit.
    """
    cdef Py_ssize_t n = matrix.shape[0]
    cdef Py_ssize_t dim = matrix.shape[1]
    cdef Py_ssize_t size = data.shape[0]
    cdef Py_ssize_t room = words.shape[0]
    cdef Py_ssize_t row = 0
    cdef Py_ssize_t line = start
    cdef Py_ssize_t used = 0
    cdef Py_ssize_t length = 0
    cdef Py_ssize_t column = -1
    cdef Py_ssize_t pos
    cdef Py_ssize_t token = 0
    with nogil:
        while row < n and line < size:
            pos = line
            column = -1
            if named:
                while (
                    pos < size and data[pos] != c" " and data[pos] != c"\t" and data[pos] != c"\n"
                ):
                    pos += 1
                length = pos - line
                if length == 0 or length >= room - used:
                    break
                memcpy(&words[used], &data[line], length)
                words[used + length] = c"\n"
            for column in range(dim + 1):
                while pos < size and is_blank(data[pos]):
                    pos += 1
                token = pos
                while pos < size and data[pos] != c"\n" and not is_blank(data[pos]):
                    pos += 1
                if pos == token or column == dim:
                    break
                if not parse_number(&data[token], pos - token, &matrix[row, column]):
                    break
            # The loop ends with the newline after the last number, or with a broken line.
            if column < dim or pos != token:
                break
            used += length + 1 if named else 0
            line = pos + 1 if pos < size else pos
            row += 1
    return row, line, used, column
