"""Templates: what is filled in, escaped and refused, and what superlatives need."""

import gettext

import jinja2
import pandas as pd
import pytest

from gvc_helpers.report.narrate import Narrator, branches, extremes
from gvc_helpers.report.words import Language

NASTY = "<b>*A* & B</b> {{ x }} {% if %} $1 #2"


@pytest.fixture
def narrator():
    return Narrator(Language(), decimals=1)


@pytest.mark.parametrize(
    ("template", "results", "text"),
    [
        ("{{ a|country }} sells.", {"a": "USA"}, "The United States sells."),
        ("{{ a|country }} sell.", {"a": ["BLR", "RUS", "KAZ"]}, "Belarus, Russia and Kazakhstan sell."),
        ("It is {{ a|number }} %.", {"a": -1234.56}, "It is −1,235 %."),
        ("It is {{ a|number(2) }} %.", {"a": 0.125}, "It is 0.12 %."),
        ("{{ n|count('sector', 'sectors') }}", {"n": 1}, "1 sector"),
        ("{{ n|count('sector', 'sectors') }}", {"n": 1200}, "1,200 sectors"),
        ("the {{ n|ordinal }}, {{ m|ordinal }}", {"n": 2, "m": 11}, "The 2nd, 11th"),
        ("{{ a|series('or') }}", {"a": ["X", "Y"]}, "X or Y"),
        ("**{{ a|country }}**: so", {"a": "ARM"}, "**Armenia**: so"),
        ("one\n    line {{ a }}", {"a": 1}, "One line 1"),
    ],
)
def test_results_are_filled_in(narrator, template, results, text):
    assert narrator.sentence(template, **results) == text


@pytest.mark.parametrize("template", ["{{ a }}", "{{ a|series }}", "{{ a|country }}", "{{ [a, a]|series }}"])
def test_data_is_text_and_never_markup(narrator, template):
    text = narrator.sentence("See " + template, a=NASTY)
    assert r"\<b\>\*A\* \& B\</b\>" in text
    assert r"\{\{ x \}\}" in text


def test_a_text_may_begin_small(narrator):
    assert narrator.fill("% of {{ a|country }}'s exports", a="BLR") == "% of Belarus's exports"


def test_a_missing_result_is_an_error(narrator):
    with pytest.raises(jinja2.UndefinedError, match="share"):
        narrator.sentence("{{ share|number }} %")


def test_a_finished_sentence_stays_as_it_is(narrator):
    sentence = r"**Oil \& gas** rose by 1 % \{\{ no \}\}."
    assert narrator.sentence(narrator.sentence(sentence)) == sentence


def test_another_language_has_its_own_templates():
    class Swapped(gettext.NullTranslations):
        def gettext(self, message):
            return "{{ b|number }} из {{ a|country }}"

        def ngettext(self, one, many, number):
            return "отрасль" if number % 10 == 1 else "отрасли"

    narrator = Narrator(Language(), 1, Swapped())
    assert narrator.sentence("From {{ a|country }}: {{ b|number }}", a="BLR", b=2.0) == "2.0 из Belarus"
    assert narrator._count(21, "sector", "sectors") == "21 отрасль"


def test_branches_of_a_template():
    assert branches("{% for a in b %}{{ a }}{% endfor %}{% if c %}x{% elif d %}y{% endif %}") == (1, 2)


@pytest.mark.parametrize(
    ("values", "most", "least"),
    [
        ({"A": 3.0, "B": 1.0}, ["A"], ["B"]),
        ({"A": 3.04, "B": 3.01, "C": 1.0}, ["A", "B"], ["C"]),  # alike at one decimal
        ({"A": 3.0}, None, None),
        ({"A": 3.04, "B": 3.01}, None, None),
        ({"A": 3.0, "B": 0.0}, ["A"], None),
        ({"A": 0.0, "B": -2.0}, None, ["B"]),
        ({"A": 3.0, "B": None}, None, None),
        ({}, None, None),
    ],
)
def test_extremes(values, most, least):
    found = extremes(pd.Series(values, dtype=float), decimals=1)
    assert [end and end.names for end in found] == [most, least]
