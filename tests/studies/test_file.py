"""What is wrong with a parameter file is said at once, in the words of somebody who edits it."""

import copy
import json
import time
from functools import cache
from pathlib import Path
from typing import get_args

import nbformat
import pytest

import gvc_helpers as gvc
from gvc_helpers.errors import LONGEST_FAULT, MOST_FAULTS
from gvc_helpers.studies import base as study
from gvc_helpers.studies import file as parameters
from gvc_helpers.studies import zone as zone_parameters
from gvc_helpers.studies.base import TableStudy
from gvc_helpers.studies.cooperation import ProductionCooperation
from gvc_helpers.studies.eaeu import EaeuVerticalSpecialization
from gvc_helpers.studies.file import ParameterError, data_at_hand, is_ready, load
from gvc_helpers.studies.places import GROUPS, PLACES
from gvc_helpers.studies.zone import GrodnoinvestClusterTransformation
from gvc_helpers.tables.labels import Level
from tests.conftest import WIOD, needs_wiod

ROOT = Path(__file__).parents[2]
GOOD = """\
study: eaeu_vertical_specialization
source: {database: reconstruction}
year: 2015
focus: [BLR, RUS]
"""


@pytest.fixture
def file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding=encoding)
        return path

    return write


def problems(path, overrides=()):
    with pytest.raises(ParameterError) as caught:
        load(path, overrides)
    return str(caught.value).splitlines()


MISTAKES = {
    "misspelt key": (
        "foocus: [BLR]",
        "line 5: foocus:",
        "did you mean 'focus'?; allowed: study, decimals, source",
    ),
    "misspelt nested key": ("bloc: {nam: EAEU}", "line 5: bloc.nam:", "did you mean 'name'?"),
    "unknown country": (
        "countries: [BLR, RUS, GEM]",
        "line 5: countries:",
        "country 'GEM' is not in the table",
    ),
    "country twice": ("countries: [BLR, RUS, BLR]", "line 5: countries:", "'BLR' stands twice"),
    "Norway": ("countries: [NO, RUS]", "line 5: countries:", "country 'NO' is not in the table"),
    "unknown member": ("bloc: {name: B, members: [BLR, XXX]}", "line 5: bloc:", "members: country 'XXX'"),
    "unknown sector": ("agriculture_and_food: [Fish]", "line 5: agriculture_and_food:", "sector 'Fish'"),
    "unknown sector in a group": ("sector_groups: {All: [Fish]}", "line 5: sector_groups:", "sector 'Fish'"),
    "set of countries without members": (
        "countries: [NAFTA]",
        "line 5: countries:",
        "set of countries 'NAFTA' (CAN, MEX, USA) has no member in the table",
    ),
    "unknown groups": (
        "sector_groups: fifteen",
        "line 5: sector_groups:",
        "there are no groups and no file of that name; allowed: fourteen, broad, a CSV file",
    ),
    "list for groups": ("sector_groups: [fourteen]", "line 5: sector_groups:", "'name: value' lines"),
    "no corrections there": ("corrections: none.csv", "line 5: corrections:", "there is no such file"),
    "text for a list": ("countries: BLR", "line 5: countries:", "a list is expected"),
    "text for a switch": ("balance: perhaps", "line 5: balance:", "yes or no is expected"),
    "text for a number": ("decimals: two", "line 5: decimals:", "a whole number is expected"),
    "number too large": ("decimals: 9", "line 5: decimals:", "it should be less than or equal to 6"),
    "part of a year": (
        "earlier_year: 1e-3",
        "line 5: earlier_year:",
        '"1e-3" is not allowed; a whole number',
    ),
    "list for names and values": ("bloc: [BLR]", "line 5: bloc:", "nested 'name: value' lines are expected"),
    "empty list": ("countries: []", "line 5: countries:", "at least 1 must be named"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_named(file, mistake):
    line, where, what = MISTAKES[mistake]
    path = file(GOOD + line + "\n")
    (message,) = problems(path)
    assert message.startswith(f"{path}, {where}")
    assert what in message


def test_all_mistakes_come_at_once(file):
    text = GOOD.replace("[BLR, RUS]", "[BLR, RSU]") + "balance: perhaps\ndecimals: -1\nforcus: x\n"
    messages = problems(file(text))
    assert len(messages) == 4
    assert "did you mean 'RUS'?" in "".join(messages)


def test_year_and_folder_are_checked(file, tmp_path):
    (message,) = problems(file(GOOD.replace("2015", "2014")))
    assert "line 3: year: year 2014 is not in the reconstruction; it has 2015 only" in message
    (message,) = problems(file(GOOD), [("source", f"{{database: pymrio, path: {tmp_path / 'none'}}}")])
    assert "source: folder" in message
    assert "does not exist" in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("focus: [BLR\n", "line 2: not YAML: "),
        ("- BLR\n", "must consist of 'name: value' lines"),
        ("# nothing\n", "must consist of 'name: value' lines"),
        ("", "the file is empty"),
        (GOOD + "year: 2016\n", "line 5: year: stands twice"),
        (
            "study: eaeu\n",
            'line 1: study: "eaeu" is not allowed; allowed: eaeu_vertical_specialization, grodno',
        ),
        ("year: 2015\n", "study: is missing; allowed: eaeu_vertical_specialization, grodno"),
    ],
)
def test_damaged_file_is_named(file, text, message):
    (line,) = problems(file(text))
    assert line.startswith(str(file(text)))
    assert message in line


def test_other_encodings_are_read_and_a_missing_file_is_named(file, tmp_path):
    assert load(file(GOOD + "bloc: {name: Союз}\n", encoding="cp1251")).bloc.name == "Союз"
    assert problems(tmp_path / "none.yaml") == [f"{tmp_path / 'none.yaml'}: the file does not exist"]


def test_yaml_means_what_a_person_means(file):
    text = (
        GOOD.replace("[BLR, RUS]", "[BLR, KAZ]")
        + "balance: no\nearlier_year: ~\ncountries:\nbloc:\n  name: 2015-01-01\n"
    )
    read = load(file(text))
    assert (read.balance, read.earlier_year, read.countries) == (False, None, None)
    assert read.bloc.name == "2015-01-01"


def test_a_fault_of_the_source_stands_alone(file):
    text = (
        "study: eaeu_vertical_specialization\nsource: {database: eora26, path: none}\nyear: 2015\n"
        "countries: [BELOUSOV_2020]\nfocus: [ARM, BLR]\nbloc: {name: the EAEU, members: [EAEU]}\n"
        "sector_groups: fourteen\n"
    )
    mine = file(text)
    (message,) = problems(mine)
    assert f"line 2: source: folder '{mine.parent / 'none'}' does not exist" in message


def test_sets_of_countries_stand_for_their_members(file):
    text = GOOD.replace("[BLR, RUS]", "[EAEU, CHN]") + "countries: [EAEU, CHN, EU]\nsector_groups: broad\n"
    read = load(file(text + "bloc: {name: the EAEU, members: [EAEU]}\nagriculture_and_food: [Agriculture]\n"))
    members = ["ARM", "BLR", "KAZ", "KGZ", "RUS"]
    assert (read.focus, read.bloc.members) == ([*members, "CHN"], members)
    assert read.countries == [*members, "CHN", "DEU"]


def test_names_are_replaced_without_a_parameter_file_too():
    table = gvc.read_table("reconstruction")
    given = EaeuVerticalSpecialization(focus=["EAEU", "CHN"], countries=["EAEU", "CHN"])
    assert given.named(table).focus == ["ARM", "BLR", "KAZ", "KGZ", "RUS", "CHN"]
    with pytest.raises(ValueError, match="country 'XXX' is not in the table"):
        EaeuVerticalSpecialization(focus=["RUS", "XXX"]).named(table)


def test_own_groups_come_from_a_file(file, tmp_path):
    groups = tmp_path / "groups.csv"
    sectors = gvc.read_table("reconstruction").sectors
    lines = "".join(
        f'"{sector}";{"Сельское хозяйство" if i < 2 else "Прочее"}\n' for i, sector in enumerate(sectors)
    )
    groups.write_text("sector;group\n" + lines, encoding="cp1251")
    text = GOOD + f"sector_groups: {groups}\nagriculture_and_food: [Сельское хозяйство]\n"
    assert load(file(text)).agriculture_and_food == ["Сельское хозяйство"]
    groups.write_text("sector;group\n" + lines.partition("\n")[2], encoding="cp1251")
    (message, *_) = problems(file(text))
    assert sectors[0] in message


CORRECTIONS = """\
country,quantity,value,source
BLR,exports,9.0,a statistical office
"""


def test_corrections_are_checked_with_the_data(file, tmp_path):
    corrections = tmp_path / "better.csv"
    corrections.write_text(CORRECTIONS)
    load(file(GOOD + f"corrections: {corrections}\n"))
    corrections.write_text(CORRECTIONS.replace("BLR", "BEL"))
    (message,) = problems(file(GOOD + f"corrections: {corrections}\n"))
    assert "better.csv" in message
    assert "BEL" in message
    (message,) = problems(file(GOOD + f"earlier_year: 2010\ncorrections: {corrections}\n"))[-1:]
    assert "leave earlier_year empty" in message


def test_byte_order_mark_does_not_matter(file):
    assert load(file("\ufeff" + GOOD)).focus == ["BLR", "RUS"]


def test_overrides_replace_what_the_file_says(file):
    read = load(file(GOOD), [("decimals", "1"), ("bloc.name", "Union"), ("focus", "[KAZ, RUS]")])
    assert (read.decimals, read.bloc.name, read.focus) == (1, "Union", ["KAZ", "RUS"])
    (message,) = problems(file(GOOD), [("decimal", "1")])
    assert "decimal: " in message
    assert "did you mean 'decimals'?" in message


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        (("decimals", "9"), "{file}: decimals: "),
        (("bloc.members", "[XXX]"), "{file}, line 6: bloc: "),  # the bloc is still that of the file
        (("bloc", "{name: 1, members: x}"), "{file}: bloc.members: "),
        (("year.x", "1"), '{file}: year: {{"x": "1"}} is not allowed; a whole number is expected'),
        (("source.path.x.y", "1"), "{file}, line 2: source.path: "),
        (("study.x", "1"), "{file}: study: "),
        (("", "1"), "{file}: : "),
        (("year", "["), "-p year, line 1: not YAML: "),
        (("year", "!!int x"), "-p year, line 1: the tag '!!int'"),
        (("balance", "*a"), "-p balance, line 1: '*a' stands for nothing"),
    ],
)
def test_what_is_overridden_has_no_line_of_the_file(file, override, problem):
    path = file(GOOD + "decimals: 1\nbloc:\n  name: EAEU\n  members: [BLR]\n")
    (message,) = problems(path, [override])
    assert message.startswith(problem.format(file=path))


def test_mistakes_have_the_lines_of_their_keys(file):
    text = GOOD + "\nbloc:\n  name: []\n\n  members:\n    - BLR\n    - []\n  nam: x\ndecimals: x\n"
    messages = problems(file(text))
    assert [message.partition(", line ")[2].split(": ")[:2] for message in messages] == [
        ["13", "decimals"],
        ["7", "bloc.name"],
        ["11", "bloc.members[1]"],
        ["12", "bloc.nam"],
    ]
    assert "did you mean 'name'" in messages[-1]


def test_kept_countries_bound_what_can_be_asked_for(file):
    (message,) = problems(file(GOOD + "countries: [BLR, KAZ]\nbloc: {name: B, members: [BLR]}\n"))
    assert "focus" in message
    assert "country 'RUS' is not in the table" in message


@needs_wiod
def test_earlier_year_comes_before(file):
    text = GOOD.replace("2015", "2008") + "earlier_year: 2011\nbloc: {name: B, members: [RUS]}\n"
    message = problems(
        file(text), [("source", f"{{database: pymrio, path: {WIOD}}}"), ("focus", "[RUS, CHN]")]
    )[0]
    assert "earlier_year: " in message
    assert "it must be before the year of the table, 2008" in message


def test_what_cannot_be_prepared_is_said_before_anything_runs(file):
    (message,) = problems(file(GOOD + "sector_groups: {Trade: [Transport]}\n"))
    assert message.endswith("sector group 'Trade' has the name of a sector that is not in any group")


@needs_wiod
def test_labels_of_a_real_table(file):
    text = GOOD.replace("2015", "2011") + "agriculture_and_food: []\nbloc: {name: B, members: [DEU]}\n"
    (message,) = problems(file(text), [("source", f"{{database: pymrio, path: {WIOD}}}")])
    assert "country 'BLR' is not in the table" in message
    assert "RUS' is not" not in message


# Whatever stands in it ----------------------------------------------------------------------------

ODD = [
    *["[]", "{}", '""', '" "', "x", "[[1]]", "{a: {b: 1}}", "-1", "1e400", ".inf", "nan", "7" * 5000],
    *["word " * 300, "x" * 300, '"\\0"', '"\\ud800"', "null", "true", "2015-99-99", "!!int x", "/"],
    *["&a [*a]", "{? [a] : b}", "[x, x]"],
]


def places(value, key=()):
    """Keys of all values in nested ones; of those in a list, the first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1])
    for name, one in inner:
        yield (*key, name)
        if isinstance(one, dict | list):
            yield from places(one, (*key, name))


@pytest.mark.parametrize("name", parameters.STUDIES)
def test_odd_values_at_every_key_are_good_or_named(file, monkeypatch, name):
    monkeypatch.setattr(study, "read_table", cache(study.read_table))
    monkeypatch.setattr(zone_parameters, "read_zone", cache(zone_parameters.read_zone))
    given = parameters.model_of(name)().model_dump(mode="json")
    given |= {"profiles": {"joint_ventures": {"scale": 0.7}}} if "profiles" in given else {}
    for key in places(given):
        changed = copy.deepcopy({"study": name, key[0]: given[key[0]]})
        inner = changed
        for part in key[:-1]:
            inner = inner[part]
        inner[key[-1]] = "ODD"
        text = json.dumps(changed, ensure_ascii=False)
        for odd in ODD:
            path = file(text.replace('"ODD"', odd))
            try:
                read = load(path)
            except ParameterError as error:
                lines = str(error).splitlines()
                assert 0 < len(lines) <= MOST_FAULTS + 1, (key, odd)
                assert max(map(len, lines)) <= LONGEST_FAULT, (key, odd)
                assert str(error).isprintable() or len(lines) > 1, (key, odd)
            else:
                json.dumps(read.model_dump(mode="json"), allow_nan=False)
                assert odd not in ('""', '" "', "[[1]]", ".inf", "nan", '"\\0"', "&a [*a]") or (
                    isinstance(inner[key[-1]], str) and odd in (".inf", "nan")
                ), (key, odd)
            assert data_at_hand(path) in (True, False)


RANGES = [
    ("eaeu_vertical_specialization", "decimals", [-1, 7, "1e9", "inf"]),
    ("grodnoinvest_cluster_transformation", "seed", [-1, 2**32]),
    ("grodnoinvest_cluster_transformation", "top", [0, 100_000]),
    ("grodnoinvest_cluster_transformation", "core", [0, 100_000]),
    ("grodnoinvest_cluster_transformation", "samples", [1, 10**9]),
    ("grodnoinvest_cluster_transformation", "thresholds.quotient", ["inf", "nan", 0, -1, "1e300"]),
    ("grodnoinvest_cluster_transformation", "thresholds.least_residents", [1, 10**9]),
    ("grodnoinvest_cluster_transformation", "thresholds.equal_gini", ["nan", 1.1]),
    ("grodnoinvest_cluster_transformation", "indicators", ["[{name: profit, weight: inf}]"]),
    ("grodnoinvest_cluster_transformation", "indicators", ["[{name: profit, weight: -1}]"]),
    ("grodnoinvest_cluster_transformation", "regime.outside", [0, "inf", "1e300"]),
    ("grodnoinvest_cluster_transformation", "regime.share", [0, 100, "nan"]),
    ("grodnoinvest_cluster_transformation", "regime.gains", ["{30: -1}", "{nan: 1}", "{30: inf}", "{}"]),
    ("grodnoinvest_cluster_transformation", "regime.gains", ["{30: 9000}", "{47.9999999: 1}"]),  # of 3,712
    ("grodnoinvest_cluster_transformation", "regime.rate", [0, "inf", 101]),
    ("grodnoinvest_cluster_transformation", "regime.targets", ["[]", "[nan]", "[48]", "[-1]"]),
    ("grodnoinvest_cluster_transformation", "regime.subject", ['" "', "x" * 2000]),
    ("production_cooperation", "seed", [-1, 2**32]),
    ("production_cooperation", "weights", ["{scale: inf}", "{scale: nan}", "{scale: -1}", "{scale: 1e300}"]),
    ("production_cooperation", "weights", ["{scale: 0}", "{}"]),
    ("production_cooperation", "opportunity.elasticity", ["inf", "nan", -1, 21]),
    ("production_cooperation", "opportunity.slack", ["inf", "nan", -1, 101]),
    ("production_cooperation", "opportunity.make.disadvantage", [-90, "nan"]),
    ("production_cooperation", "goals", ["{backward: {at_least: nan}}", "{backward: {at_least: 101}}"]),
    ("production_cooperation", "profiles", ["{joint_ventures: {scale: nan}}"]),
    ("production_cooperation", "regions", ["{}", '{" ": [RUS]}', "{Nobody: [NAFTA]}", "{Nobody: []}"]),
    ("production_cooperation", "bloc.name", ['" "']),
    ("production_cooperation", "shock.sector", ['" "', '""']),
    ("production_cooperation", "residents", ['""', "{sectors: {}}"]),
]


@pytest.mark.parametrize(
    ("name", "key", "value"), [(name, key, value) for name, key, values in RANGES for value in values]
)
def test_numbers_and_names_keep_within_bounds(file, name, key, value):
    messages = problems(file(f"study: {name}\n"), [(key, str(value))])
    assert all(f": {key.split('.')[0]}" in message for message in messages)


def test_numbers_of_every_model_are_finite():
    class Measured(study.Model):
        by_share: dict[float, float]

    for numbers in ({1.0: float("inf")}, {float("nan"): 1.0}):
        with pytest.raises(ValueError, match="finite number"):
            Measured(by_share=numbers)


def test_blank_names_are_refused_in_notebooks_too():
    with pytest.raises(ValueError, match="at least 1 character"):
        study.Bloc(name="  ")
    assert study.Bloc(name=" EAEU ").name == "EAEU"


MANY = [f"Name{i}" for i in range(20_000)]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        (f"focus: [{', '.join(MANY)}]", "and 19,990 more; allowed: ARM; BLR; CHN; DEU; KAZ; KGZ; RUS; UKR"),
        (f"focus: [{', '.join(MANY * 2)}]", "and 19,990 more"),
        (": 1\n".join(MANY) + ": 1", "and 19,950 more"),
        ("sector_groups:\n  " + ": 1\n  ".join(MANY) + ": 1", "and 19,950 more"),
        ("bloc:\n  " + ": 1\n  ".join(MANY) + ": 1", "and 19,950 more"),
    ],
)
def test_many_faults_are_neither_slow_nor_long(file, text, last):
    started = time.process_time()
    messages = problems(file(GOOD.replace("focus: [BLR, RUS]\n", "") + text))
    assert time.process_time() - started < 10
    assert messages[-1].endswith(last)
    assert sum(map(len, messages)) < 30_000


def test_fault_of_the_system_is_one_of_the_source(file, monkeypatch):
    def failing(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(study, "read_table", failing)
    (message,) = problems(file(GOOD))
    assert message.endswith("line 2: source: 'reconstruction' cannot be read: Input/output error")

    def starved(*_):
        raise MemoryError

    monkeypatch.setattr(study, "read_table", starved)
    assert problems(file(GOOD)) == [f"{file(GOOD)}: there is too little memory for its data"]


def test_files_that_are_no_parameters_have_no_data(file):
    assert is_ready(file(GOOD))
    assert is_ready(file(GOOD.replace("2015", "[2015]")))  # what is wrong with it is said by load
    assert not is_ready(file(GOOD + f"corrections: {'x' * 300}\n"))
    for text in ("study: nothing\n", "a: [\n", "- a\n"):
        assert data_at_hand(file(text))
        with pytest.raises(ParameterError):
            is_ready(file(text))


# Models, notebooks, schemas -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "stem"),
    [
        (EaeuVerticalSpecialization, "eaeu_2015"),
        (GrodnoinvestClusterTransformation, "grodnoinvest"),
        (ProductionCooperation, "cooperation_belarus"),
    ],
)
def test_defaults_of_model_notebook_and_shipped_file_agree(model, stem):
    notebook = nbformat.read(ROOT / "notebooks" / f"{model().study}.ipynb", as_version=4)
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    values = {}
    exec(cell.source, values)
    values.pop("__builtins__")
    assert model(**values) == model()
    assert set(values) == set(model.model_fields)
    loaded = model()
    if isinstance(loaded, TableStudy):  # sets of countries become their members in the table
        loaded = loaded.named(gvc.read_table("reconstruction"))
    assert load(ROOT / "parameters" / f"{stem}.yaml") == loaded


def test_schema_is_what_the_model_says(tmp_path):
    parameters.write_schemas(tmp_path)
    for schema in tmp_path.iterdir():
        committed = (ROOT / "parameters" / schema.name).read_text(encoding="utf-8")
        assert schema.read_text(encoding="utf-8") == committed, "run make schemas"


def test_places_of_parameters():
    assert set(PLACES) == set(parameters.STUDIES)
    assert get_args(Level) == GROUPS
    for name in PLACES:
        given = parameters.model_of(name)().model_dump(mode="json")
        for place in PLACES[name]:
            within = given
            for key in place.split("."):
                assert key in within, place
                within = within[key]
