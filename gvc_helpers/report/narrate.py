"""Sentences and captions as templates, beside the analysis that they state."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined, nodes

from gvc_helpers.report.words import Language, as_text

MOST_LOOPS, MOST_CONDITIONS = 1, 1
"""What a template may have; a judgement is a named result of the cell, not hidden in the text."""


class Words(str):
    """Text that is set as it stands; all else in a template is data, and is escaped."""

    __slots__ = ()


class Narrator:
    """Fills templates in with results, in the language of the report.

    A template is a sentence in English with places for results, ``{{ largest.value|number }} %``. What
    comes from data is text, never markup; a name that was not given is an error. Filters:

    ``country``
        Name of a country as it stands in sentences, with its article; of several, joined.
    ``number``, ``number(decimals)``
        A number with the decimals of the report, or with its own.
    ``series``, ``series("or")``
        Items joined as in a sentence.
    ``count("sector", "sectors")``
        A whole number with its noun.
    ``ordinal``
        The place in an order: 1st, 2nd.

    Parameters
    ----------
    language : Language
        Words of the report.
    decimals : int
        Decimals of numbers.
    translations : gettext.NullTranslations, optional
        Templates in another language, by those in English.

    Examples
    --------
    >>> narrator = Narrator(Language(), decimals=1)
    >>> narrator.sentence("{{ who|country }} sells {{ n|count('good', 'goods') }}.", who=["USA", "RUS"], n=1)
    'The United States and Russia sells 1 good.'
    """

    def __init__(
        self, language: Language, decimals: int, translations: gettext.NullTranslations | None = None
    ) -> None:
        self.language = language
        self.decimals = decimals
        self.translations = translations or gettext.NullTranslations()
        self._environment = Environment(undefined=StrictUndefined, finalize=_escaped)
        self._environment.filters |= {
            "country": self._country,
            "number": self._number,
            "series": self._series,
            "count": self._count,
            "ordinal": self._ordinal,
        }

    def sentence(self, template: str, **results: Any) -> str:
        """Fill a template in, and begin with a capital letter; errors as of :meth:`fill`."""
        text = self.fill(template, **results)
        start = next((i for i, sign in enumerate(text) if sign.isalnum()), 0)
        return text[:start] + text[start : start + 1].upper() + text[start + 1 :]

    def fill(self, template: str, **results: Any) -> str:
        """Fill a template in.

        Raises
        ------
        jinja2.UndefinedError
            When the template names a result that is not given.
        """
        text = self._environment.from_string(self.translations.gettext(template)).render(results)
        return re.sub(r"[ \t\n]+", " ", text).strip()

    # Filters --------------------------------------------------------------------------------------

    def _country(self, codes: object) -> Words:
        names = [Words(as_text(self.language.country_in_a_sentence(str(code)))) for code in _items(codes)]
        return self._series(names)

    def _number(self, value: float, decimals: int | None = None) -> Words:
        return Words(self.language.amount(float(value), self.decimals if decimals is None else decimals))

    def _series(self, items: object, word: str = "and") -> Words:
        return Words(self.language.series([_escaped(item) for item in _items(items)], word))

    def _count(self, number: int, one: str, many: str) -> Words:
        noun = self.translations.ngettext(one, many, number)
        return Words(f"{self.language.number(number, 0)} {as_text(noun)}")

    def _ordinal(self, place: int) -> Words:
        return Words(self.language.ordinal(place))


def _items(value: object) -> Sequence[object]:
    return [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)


def _escaped(value: object) -> Words:
    return value if isinstance(value, Words) else Words(as_text(str(value)))


def branches(template: str) -> tuple[int, int]:
    """Count the loops and the conditions of a template.

    Examples
    --------
    >>> branches("{% if a %}Yes{% endif %}, {{ 'more' if b else 'less' }}")
    (0, 2)
    """
    tree = Environment().parse(template)
    conditions = [*tree.find_all(nodes.If), *tree.find_all(nodes.CondExpr)]
    return len(list(tree.find_all(nodes.For))), len(conditions)


# What superlatives need ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Extreme:
    """The first or the last of several, as it is shown."""

    names: list[Any]
    """Those that share the place."""
    value: float


def extremes(values: pd.Series[float], decimals: int) -> tuple[Extreme | None, Extreme | None]:
    """Return the largest and the smallest of what is shown; none where there is nothing to tell apart.

    Values are compared at the decimals that are shown, so that those that look alike share a place. Zero
    and missing values win nothing, and there is no first of one, or of equals.

    Parameters
    ----------
    values : pandas.Series
        Candidates by name.
    decimals : int
        Decimals that are shown.

    Examples
    --------
    >>> import pandas as pd
    >>> most, least = extremes(pd.Series({"BLR": 30.04, "RUS": 30.01, "ARM": 20.0, "KGZ": None}), decimals=1)
    >>> most, least
    (Extreme(names=['BLR', 'RUS'], value=30.0), Extreme(names=['ARM'], value=20.0))
    >>> extremes(pd.Series({"BLR": 30.0}), decimals=1)
    (None, None)
    """
    shown = values.dropna().round(decimals)
    if shown.nunique() < 2:
        return None, None
    most, least = (
        Extreme(list(shown.index[shown == end]), float(end)) if end else None
        for end in (shown.max(), shown.min())
    )
    return most, least
