"""Every error a user can cause, each with the exit code the command line ends with."""


class W2VError(Exception):
    """Base of all errors raised on purpose; its message is one line fit for a user.

    The message names the value, the place (file and line or byte) and the remedy.
    """

    exit_code = 1


class NotFoundError(W2VError):
    """The answer is no: a word is not in the vocabulary, an accuracy is too low."""

    exit_code = 1


class ConfigError(W2VError, ValueError):
    """A setting is out of range, or contradicts another."""

    exit_code = 2


class DataError(W2VError, ValueError):
    """The input was read but is not what it should be."""

    exit_code = 3


class FileError(W2VError, OSError):
    """A file cannot be opened, read or written."""

    exit_code = 4
