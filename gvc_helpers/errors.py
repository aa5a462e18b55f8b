"""What is wrong, said to those who can mend it: the one kind of error, and the words of its messages."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Any, get_args

MOST_FAULTS, LONGEST_FAULT = 50, 4000
"""How many faults a message lists, and how many characters it has for each."""
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What is no text but acts on the screen that shows it, also by turning the direction of writing."""


class GvcError(ValueError):
    """Data or parameters are wrong; the message has a line for each fault.

    Parameters
    ----------
    faults : str or iterable of str
        The fault, or each of them: where it is, what is wrong and what is allowed.
    more : int
        Faults that were counted and are not listed.
    """

    most = MOST_FAULTS
    """Faults that the message lists."""

    def __init__(self, faults: str | Iterable[str], more: int = 0) -> None:
        self.faults = [faults] if isinstance(faults, str) else list(faults)
        lines = [_bounded(fault) for fault in self.faults[: self.most]]
        more += len(self.faults) - len(lines)
        super().__init__("\n".join([*lines, f"and {more:,} more"] if more else lines))

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in a notebook."""
        return [str(self)]


def _bounded(fault: str) -> str:
    """Write a fault in one line, and take out its middle where it quotes a file at length."""
    line, left = printable(fault.replace("\n", "\\n")), LONGEST_FAULT - 5
    return line if len(line) <= LONGEST_FAULT else f"{line[: left // 2]} ... {line[left // 2 - left :]}"


def require(name: str, value: str, allowed: object) -> None:
    """Raise a ValueError that says what is allowed, unless `value` is one of a Literal type's values."""
    if value not in get_args(allowed):
        raise ValueError(f"{name} '{value}' is not allowed; allowed: {', '.join(get_args(allowed))}")


def nearest(
    name: str, allowed: Iterable[str], fold: Callable[[str], str] = str.casefold, cutoff: float = 0.6
) -> str:
    """Return what may have been meant; nothing if nothing is near.

    `fold` gives what names have in common that are the same to those who write them.
    """
    spelt = {fold(label): label for label in allowed}
    near = difflib.get_close_matches(shortened(fold(name), 200), spelt, n=1, cutoff=cutoff)
    return spelt[near[0]] if near else ""


def did_you_mean(name: str, allowed: Iterable[str], fold: Callable[[str], str] = str.casefold) -> str:
    """Suggest what may have been meant, as the end of a message.

    Examples
    --------
    >>> did_you_mean("foocus", ["focus", "bloc"])
    "; did you mean 'focus'?"
    """
    near = nearest(name, allowed, fold)
    return f"; did you mean {quoted(near)}?" if near else ""


def reason(error: BaseException) -> str:
    """Return what an error of the system says, without numbers and paths."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__


def shortened(text: str, longest: int = 60) -> str:
    """Cut a long text, and write it in one line."""
    text = text if len(text) <= longest else text[: longest - 3] + "..."
    return printable(text.replace("\n", "\\n"))


def quoted(text: str, longest: int = 60) -> str:
    """Put a text in quotation marks, shortened where it is long."""
    return f"'{shortened(text, longest)}'"


def listed(items: Iterable[Any], most: int = 40) -> str:
    """Items with commas between, and how many more there are."""
    texts = [shortened(str(item)) for item in items]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def printable(text: str) -> str:
    r"""Write out signs that a terminal would obey instead of showing: controls, directions, lone surrogates.

    Examples
    --------
    >>> printable("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return CONTROL.sub(
        lambda sign: "\n" if sign[0] == "\n" else sign[0].encode("unicode_escape").decode(), text
    )
