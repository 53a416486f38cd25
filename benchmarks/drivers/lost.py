"""How much training something in its midst takes."""

import bisect

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
    times, done = zip(*reports, strict=True)

    def at(time):
        place = bisect.bisect(times, time)
        share = (time - times[place - 1]) / (times[place] - times[place - 1])
        return done[place - 1] + share * (done[place] - done[place - 1])

    lost = []
    for begin, end in spans:
        if begin - AROUND > times[0] and end + AROUND < times[-1]:
            rate = (at(begin) - at(begin - AROUND) + at(end + AROUND) - at(end)) / (2 * AROUND)
            lost.append(end - begin - (at(end) - at(begin)) / rate)
    return lost
