"""The study of a zone from files to report: the zone that ships, an invented one, and what goes wrong."""

import json
import re
import zipfile
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner

import gvc_helpers as gvc
from gvc_helpers.cli import main
from gvc_helpers.report import report
from gvc_helpers.studies.file import ParameterError, load
from tests import invented_zone

ROOT = Path(__file__).parents[2]
PAPER = ["Grodno", "Гродно", "Belarus", "Minsk", "Vitebsk", "Wood and furniture", "synthetic register"]


def command(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def lindau(tmp_path_factory):
    """The report of the invented zone."""
    folder = tmp_path_factory.mktemp("zone")
    file = invented_zone.write(folder)
    result = command("run", file, "--out", folder / "reports")
    assert result.exit_code == 0, result.output
    return folder / "reports" / "lindau"


@pytest.fixture
def edited(tmp_path):
    """Write the invented zone, let a test change its files, and return the parameter file."""

    def write(change=None, **replaced):
        file = invented_zone.write(tmp_path)
        text = file.read_text(encoding="utf-8")
        for key, value in replaced.items():
            text = re.sub(rf"(?m)^{key}:.*$", f"{key}: {value}", text)
        file.write_text(text, encoding="utf-8")
        if change:
            change(tmp_path)
        return file

    return write


def problems(file):
    with pytest.raises(ParameterError) as caught:
        load(file)
    return str(caught.value)


def test_report_of_another_zone_is_about_that_zone(lindau):
    texts = [lindau / "report.html", *lindau.glob("tables/*.csv"), *lindau.glob("figures/*.svg")]
    assert len(texts) > 30
    for file in texts:
        text = file.read_text(encoding="utf-8")
        text = re.sub(r'src="data:[^"]*"', "", text)
        for word in PAPER:
            assert word not in text, f"{word} in {file.name}"
    html = (lindau / "report.html").read_text(encoding="utf-8")
    assert "the Port of Lindau" in html
    assert "Судостроение" in html
    assert "Стекло &amp; керамика" in html


def test_report_tells_no_place(lindau):
    place = str(lindau.parent.parent).encode()
    files = [file for file in lindau.rglob("*") if file.is_file()]
    for file in files:
        content = file.read_bytes()
        if file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as archive:
                content = b"".join(map(archive.read, archive.namelist()))
        assert place not in content, file.name
    assert {file.suffix for file in files} >= {".html", ".ipynb", ".json", ".csv", ".xlsx", ".svg", ".pdf"}


def test_report_of_another_zone_leaves_out_what_is_of_the_paper(lindau):
    record = json.loads((lindau / "run.json").read_text(encoding="utf-8"))
    assert not record["data"]["reconstructed"]
    said = " ".join(record["findings"])
    assert said.count("this section is left out") == 4  # zones, regime, printed, paper
    names = {entry["name"] for entry in record["tables"] + record["figures"]}
    assert "network" in names
    assert not names & {"zones", "innovation", "investment", "zone_cells", "self_check", "regime"}


def test_numbers_of_another_zone_are_those_of_its_files(lindau):
    residents = invented_zone.register()
    region = invented_zone.region(residents)
    zone = residents[residents["year"] == 2022].groupby("sector")["production"].sum()
    whole = region[region["year"] == 2022].set_index("sector")["production"]
    quotient = (zone / whole) / (zone.sum() / whole.sum())
    table = pd.read_csv(lindau / "tables" / "quotients_production.csv", index_col="sector")
    for sector in zone.index:
        assert table.loc[sector, "2022"] == pytest.approx(quotient[sector], abs=2e-5)


def test_shipped_zone_gives_what_the_paper_concludes():
    zone = gvc.read_zone()
    both = {q: gvc.location_quotient(zone.amounts(q)[[2018]], zone.regional(q)[[2018]])[2018] for q in
            ("production", "exports")}  # fmt: skip
    inequality = gvc.inequality(zone.register, "production", 2019)
    leaders = gvc.leadership(zone.register)
    judged = gvc.zones.synthesis(pd.DataFrame(both), inequality, leaders)
    anchors = judged.loc[judged["anchor"], "type"].to_dict()
    assert anchors == {
        "Wood and furniture": "few_cores",
        "Textiles": "few_cores",
        "Machinery and metalworking": "many_equals",
    }


# Parameters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"base_year": "2019"}, 'base_year: "2019" is not allowed; year 2019 is not in both tables'),
        ({"base_year": "2022"}, 'year: "2022" is not allowed; it must be after the base year, 2022'),
        ({"plan_year": "2024"}, "year 2024 is not in the plans of the register; allowed: 2025"),
        ({"leadership_years": "[2018, 2021]"}, "year 2018 is not in the register; allowed: 2020, 2021, 2022"),
        ({"core": "13"}, "core: \"13\" is not allowed; it must not be above top, 12"),
        ({"samples": "3"}, "it should be greater than or equal to 100"),
        ({"zone": "the Grodnoinvest free economic zone"}, "with a register of your own, give your own"),
        ({"regime": "{share: 40, gains: {50: 3}}"}, "50 must lie from 0 to below the present share, 40"),
        ({"regime": "{rate: 3}"}, "give either the rate or known gains to derive it from"),
    ],
)  # fmt: skip
def test_mistake_in_the_parameters_is_named(edited, replaced, message):
    assert message in problems(edited(**replaced))


def test_unknown_indicator_is_named(edited):
    file = edited(regime="\nindicators: [{name: turnover}, {name: profit}]")
    assert 'indicators[0].name: "turnover" is not allowed' in problems(file)
    assert "'productivity'" in problems(file)


def test_indicator_without_figures_is_named(edited):
    def without_employees(folder):
        path = folder / "residents.csv"
        rows = [line.split(";") for line in path.read_text(encoding="cp1251").splitlines()]
        at = rows[0].index("Численность работников, чел.")
        text = "\n".join(";".join(row[:at] + row[at + 1 :]) for row in rows)
        path.write_text(text, encoding="cp1251")

    message = problems(edited(without_employees))
    assert "the register has no values of employees in 2021 to 2022" in message


def test_faults_of_the_files_are_all_listed(edited):
    def spoil(folder):
        path = folder / "residents.csv"
        lines = path.read_text(encoding="cp1251").splitlines()
        lines[1] = lines[1].replace("Судостроение", "Судостроенее")
        lines[2] = lines[2].replace(";2021;", ";2O21;")
        path.write_text("\n".join(lines), encoding="cp1251")

    file = edited(spoil)
    message = problems(file)
    assert "row 2, column 'Отрасль'" in message
    assert "did you mean 'Судостроение'?" in message
    assert "row 3, column 'Год'" in message
    result = command("check", file)
    assert result.exit_code == 1
    assert "row 2" in result.output and "Traceback" not in result.output


def test_missing_file_is_not_at_hand(edited):
    def remove(folder):
        (folder / "links.csv").unlink()

    file = edited(remove)
    assert "data not at hand, skipped" in command("run", "--at-hand", file).output
    assert "links.csv" in problems(file)


# Unusual zones ------------------------------------------------------------------------------------


@pytest.fixture
def here(monkeypatch):
    """Run the cells of the notebook in this process, without pictures, which is faster than a kernel."""
    monkeypatch.setattr(report, "display", lambda *args, **kwargs: None)
    monkeypatch.setattr(report, "converted", lambda *args: b"")
    notebook = nbformat.read(ROOT / "notebooks" / "grodnoinvest_cluster_transformation.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]

    def run(file):
        names = {}
        for cell in cells:
            exec(cell.source, names)
            if "parameters" in cell.metadata.get("tags", []):
                names |= load(file).model_dump(mode="json")
        return " ".join(names["report"].findings)

    return run


def replaced(**columns):
    """Change columns of the register, and leave out the sales between residents, which may not fit."""

    def change(folder):
        residents = invented_zone.register().assign(**columns)
        residents.to_csv(folder / "residents.csv", index=False)
        file = folder / "lindau.yaml"
        file.write_text(re.sub(r"  links: .*\n", "", file.read_text(encoding="utf-8")), encoding="utf-8")

    return change


NOTHING = dict.fromkeys(["production", "exports", "shipments", "innovative"], 0.0)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(
    ("change", "parameters", "said"),
    [
        (replaced(exports=0.0), {}, "The zone has no exports in 2020 or 2022"),
        (replaced(exports=0.0), {}, "Residents report no exports, so that there is no inequality"),
        (None, {"plan_year": ""}, "(production of Завод 14 changes by −0.3 % a year)"),
        (replaced(**NOTHING), {}, "No sector passes all three stages."),
        (replaced(resident_sales=0.0), {}, "Residents earn 0.0 % of their revenue from one another"),
        (None, {"leadership_years": "[2022]", "inequality_years": "[2022]"}, "Kendall's W"),
        (None, {"core": "6\nmissing: complete\nties: min"}, "The leadership coefficients of 24 residents"),
        (None, {"core": "12\nthresholds: {quotient: 9}"}, "is not above 9, or is missing"),
        (
            None,
            {"regime": "{subject: A & <b>, outside: 5, share: 50, gains: {}, rate: 12.5, targets: [0]}"},
            "The gain is taken to be 12.5 % of the revenue moved.",
        ),
    ],
)  # fmt: skip
def test_unusual_zone_is_described(edited, here, change, parameters, said):
    assert said in here(edited(change, **parameters))


def run_cells(file, tmp_path):
    """Run the study in this process, which is faster than a kernel; return what is said and shown."""
    result = command("run", file, "--out", tmp_path / "reports")
    assert result.exit_code == 0, result.output
    record = json.loads((tmp_path / "reports" / file.stem / "run.json").read_text(encoding="utf-8"))
    return " ".join(record["findings"])


def test_template_is_a_study_that_runs(tmp_path):
    folder = tmp_path / "mine"
    result = command("template", "grodnoinvest", folder)
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) == 5
    again = command("template", "grodnoinvest", folder)
    assert again.exit_code == 1 and "exist" in again.output
    assert "the invented zone" in run_cells(folder / "zone.yaml", tmp_path)


def test_zone_with_one_sector_no_plan_and_few_columns(edited, tmp_path):
    def shrink(folder):
        residents = invented_zone.register()
        few = residents[(residents["sector"] == "Чай") & ~residents["plan"]]
        few = few[["resident", "sector", "year", "production", "exports"]]
        few.to_csv(folder / "residents.csv", index=False)
        region = invented_zone.region(residents)
        region[region["sector"].isin(["Чай", "Прочие"])].to_csv(folder / "region.csv", index=False)
        file = folder / "lindau.yaml"
        text = re.sub(r"  links: .*\n", "", file.read_text(encoding="utf-8"))
        file.write_text(text, encoding="utf-8")

    names = "[{name: production}, {name: exports}, {name: export_share, better: low, weight: 2}]"
    file = edited(shrink, plan_year="", regime=f"\nindicators: {names}")
    said = run_cells(file, tmp_path)
    assert "No sector passes all three stages." in said
    assert "The register does not say what residents sell to one another." in said
