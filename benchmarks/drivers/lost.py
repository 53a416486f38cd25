"""How much training something in its midst takes."""

import numpy as np

AROUND = 3.0  # seconds before and after, whose rate is the rate without it


def lost_seconds(reports, spans):
    """Return the seconds of training that each span took, going by the rate around it.

    The rate of a machine that others use too drifts by more than checkpoints take of it, so whole
    runs with and without them cannot be compared.

    Parameters
    ----------
    reports : list of [seconds, words]
        What was done by when.
    spans : list of [begin, end]
        Those that training does not surround for long enough are left out.
    """
    if not spans:
        return []
    times, done = np.array(reports, np.float64).T
    lost = []
    for begin, end in spans:
        places = [begin - AROUND, begin, end, end + AROUND]
        if times[0] < places[0] and places[-1] < times[-1]:
            before, within, after = np.diff(np.interp(places, times, done))
            lost.append(end - begin - within / ((before + after) / (2 * AROUND)))
    return lost
