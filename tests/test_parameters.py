"""What is wrong with a parameter file is said at once, in the words of somebody who edits it."""

from pathlib import Path

import nbformat
import pytest

import gvc_helpers as gvc
from gvc_helpers import parameters
from gvc_helpers.mechanism_parameters import ProductionCooperation
from gvc_helpers.parameter_file import ParameterError, load
from gvc_helpers.study import TableStudy
from gvc_helpers.vertical_parameters import EaeuVerticalSpecialization
from gvc_helpers.zone_parameters import GrodnoinvestClusterTransformation
from tests.conftest import WIOD, needs_wiod

ROOT = Path(__file__).parents[1]
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
        ("", "must consist of 'name: value' lines"),
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


def test_other_encoding_and_missing_file_are_named(file, tmp_path):
    assert "not in UTF-8" in problems(file(GOOD + "# Беларусь\n", encoding="cp1251"))[0]
    assert problems(tmp_path / "none.yaml")[0].endswith("none.yaml: No such file or directory")


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
    (message,) = problems(file(text))
    assert "line 2: source: folder 'none' does not exist" in message


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
