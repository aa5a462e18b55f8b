"""The words of reports: sentences, captions, headings, names of countries and numbers.

Everything that code writes into a report stands in ``data/language/<code>/``: what all studies say in
``shared.yaml``, and what one says in a file with its name. A translation is one more folder.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from country_converter import CountryConverter

FOLDER = Path(__file__).parents[1] / "data" / "language"
NO_BREAK = "\N{NO-BREAK SPACE}"
PLACES = ("country", "origin", "exporter", "row", "column")
"""Names of axes that list countries."""
ALIASES = {"ROM": "ROU"}
"""Codes that databases use and country_converter does not know."""


class Language:
    """One language of reports.

    Parameters
    ----------
    study : str, optional
        Study whose texts are needed besides those that all studies share.
    code : str
        ``"en"``.

    Examples
    --------
    >>> english = Language()
    >>> english.country("BLR"), english.number(-1234.5, 1), english.series(["A", "B", "C"])
    ('Belarus', '−1,234.5', 'A, B and C')
    """

    def __init__(self, study: str | None = None, code: str = "en") -> None:
        self.study, self.code = study, code

    @cached_property
    def catalogue(self) -> dict[str, dict[str, Any]]:
        """All texts, by kind and key."""
        merged: dict[str, dict[str, Any]] = {}
        for name in filter(None, ("shared", self.study)):
            file = FOLDER / self.code / f"{name}.yaml"
            if not file.exists():  # a study of one's own
                continue
            for kind, texts in yaml.safe_load(file.read_text(encoding="utf-8")).items():
                merged[kind] = merged.get(kind, {}) | texts
        return merged

    def text(self, kind: str, key: str, **values: str) -> str:
        """Fill in a text of the catalogue."""
        return str(self.catalogue[kind][key]).format_map(values)

    def sentence(self, key: str, **values: str) -> str:
        """Fill in a sentence of the catalogue and begin it with a capital letter."""
        text = self.text("findings", key, **values).strip()
        return re.sub(r"^\W*\w", lambda start: start.group().upper(), text)

    def heading(self, key: str) -> str:
        """Heading of a column or axis; a key that is not in the catalogue stands for itself."""
        return str(self.catalogue["headings"].get(key, key))

    def heading_in_a_sentence(self, key: str) -> str:
        """Heading with a small first letter, unless it is an abbreviation."""
        heading = self.heading(key)
        return heading if heading[1:2].isupper() else heading[:1].lower() + heading[1:]

    def country(self, code: str) -> str:
        """Name of a country or region; a code that nobody knows stands for itself."""
        return str(self.catalogue["regions"].get(code) or _short_names().get(ALIASES.get(code, code)) or code)

    def labels(self, index: pd.Index[Any]) -> list[str]:
        """Names of what an axis lists: places by their names, all else by headings; levels are joined."""
        if index.nlevels > 1:
            levels = (self.labels(index.get_level_values(level)) for level in range(index.nlevels))
            return [": ".join(parts) for parts in zip(*levels, strict=True)]
        name = self.country if index.name in PLACES else self.heading
        return [name(str(label)) for label in index]

    def country_in_a_sentence(self, code: str) -> str:
        """Name of a country with its article, if it has one."""
        return str(self.catalogue["regions_in_sentences"].get(ALIASES.get(code, code)) or self.country(code))

    def number(self, value: float, decimals: int) -> str:
        """A number with thousands separators and a real minus sign; a missing one is a dash."""
        if math.isnan(value):
            return "–"
        text = f"{round(value, decimals) + 0.0:,.{decimals}f}"
        return text.replace("-", "−")

    def amount(self, value: float, decimals: int) -> str:
        """A number that may be large: from a thousand on, decimals say nothing."""
        return self.number(value, 0 if abs(value) >= 1000 else decimals)

    def interval(self, value: float, low: float, high: float, decimals: int) -> str:
        """A number and its range, where the range is wider than the number's rounding."""
        shown = self.amount(value, decimals)
        ends = [self.amount(low, decimals), self.amount(high, decimals)]
        if ends == [shown, shown]:
            return shown
        span = self.text("words", "range", low=ends[0], high=ends[1])
        return f"{shown} [{span.replace(' ', NO_BREAK)}]"

    def ordinal(self, place: int) -> str:
        """Return a place in an order, such as 1st, 2nd, 11th."""
        ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
        return f"{place}{ending}"

    def series(self, items: Sequence[str], word: str = "and") -> str:
        """Items joined as in a sentence, the last with `word` of the catalogue."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.text('words', word)} {items[-1]}"


def as_text(label: str) -> str:
    r"""Escape what Markdown would take for markup or set as typographic signs: labels from data are text.

    Examples
    --------
    >>> print(as_text("Oil & gas | <b>*crude*</b>"))
    Oil \& gas \| \<b\>\*crude\*\</b\>
    """
    return re.sub(
        r"""([\\`*_{}\[\]<>#|$&~^@"']|(?<=-)-|(?<=\.)\.)""",
        r"\\\1",
        " ".join(re.split(r"[ \t\r\n]+", label.strip())),
    )


def as_plain(markdown: str) -> str:
    r"""Take Markdown's emphasis and escapes out of a sentence.

    Examples
    --------
    >>> as_plain(r"**Oil \& gas** rose \*")
    'Oil & gas rose *'
    """
    return re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\)\*", "", markdown))


@cache
def _short_names() -> dict[str, str]:
    """Short English names of countries by ISO 3166 code of three letters."""
    countries = CountryConverter().data
    return dict(zip(countries["ISO3"], countries["name_short"], strict=True))
