"""Captions, numbers, labels as text, and what is saved."""

import json

import matplotlib as mpl
import numpy as np
import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure

import gvc_helpers as gvc
from gvc_helpers.report import plots, report
from gvc_helpers.report.html import to_html
from gvc_helpers.report.words import as_text

NASTY = "Oil & <b>gas</b> | *crude* $x$ [a](b) `c` =1+1 \"it's\" -- --- ... 'x'"
PLAIN = ["-1", "-2.1 … 0.0", "+3,5", "−1"]
FORMULAS = ["=cmd|' /C calc'!A0", "@SUM(1)", "+A1", "-1+2", '=HYPERLINK("x")', "＝1"]


@pytest.fixture
def shown(monkeypatch):
    """Collect what a report displays."""
    outputs = []
    monkeypatch.setattr(report, "display", lambda *a, **k: outputs.append((a, k)))
    return outputs


@pytest.fixture
def run(tmp_path, monkeypatch, shown):
    monkeypatch.setenv(report.RUN_FOLDER, str(tmp_path))
    return gvc.Report(gvc.EaeuVerticalSpecialization(decimals=1), source="invented")


def markdown(shown):
    return [
        args[0]["text/markdown"]
        for args, _ in shown
        if isinstance(args[0], dict) and "text/markdown" in args[0]
    ]


def test_table_has_number_caption_unit_source_and_rounded_cells(run, shown):
    frame = pd.DataFrame({"ARM": [1.25, np.nan], "RUS": [-1234.5, 0.04]}, index=["ARM", "ROW"])
    run.table("by_origin", frame.rename_axis("origin").rename_axis("exporter", axis=1), bloc="EAEU")
    (text,) = markdown(shown)
    assert text.startswith("**Table 1.** Gross exports by origin")
    assert "% of the exporter's gross exports. *Source: invented; own calculations.*" in text
    assert "| Origin of value added | Armenia | Russia |" in text
    assert "| Armenia | 1.2 | −1,234 |" in text
    assert "| Rest of the world | – | 0.0 |" in text


def test_minus_zero_is_zero_in_text_and_in_files(run, shown, tmp_path):
    frame = pd.DataFrame({"ARM": [-0.04, -1e-9]}, index=["ARM", "ROW"])
    run.table("by_origin", frame.rename_axis("origin").rename_axis("exporter", axis=1), bloc="EAEU")
    assert "| Armenia | 0.0 |" in markdown(shown)[0] and "−0.0" not in markdown(shown)[0]
    (saved,) = tmp_path.rglob("*by_origin.csv")
    assert saved.read_text(encoding="utf-8").splitlines()[2] == "ROW,0.000000"


def test_workbook_and_file_hold_the_same_rounded_numbers(run, shown, tmp_path):
    run.table("vs_by_sector", pd.DataFrame({"ARM": [2 / 3]}, index=pd.Index(["A"], name="sector")))
    run.finish()
    sheet = openpyxl.load_workbook(tmp_path / "tables" / "tables.xlsx")["1"]
    saved = pd.read_csv(tmp_path / "tables" / "vs_by_sector.csv")
    assert sheet["B4"].value == saved["ARM"][0] == 0.666667


def test_range_stands_in_brackets_where_it_shows(run, shown):
    frame = pd.DataFrame({"VS": [10.0, 20.0]}, index=pd.Index(["ARM", "BLR"], name="country"))
    # Ranges come with their own order of rows; labels decide.
    low, high = frame.iloc[::-1] - np.array([[0.04], [2.0]]), frame.iloc[::-1] + 0.04
    run.table("involvement", frame, (low, high))
    (text,) = markdown(shown)
    assert "| Armenia | 10.0 \\[8.0\u00a0to\u00a010.0\\] |" in text
    assert "| Belarus | 20.0 |" in text


def test_labels_from_data_are_text_everywhere(run, shown, tmp_path):
    frame = pd.DataFrame({"ARM": [1.0]}, index=pd.Index([NASTY], name="sector"))
    run.table("vs_by_sector", frame)
    run.figure("sectors", plots.heat_map(frame, run.language, "share_of_exports"), count="1", range="")
    run.finish()
    (text, *_) = markdown(shown)
    assert as_text(NASTY) in text
    book = openpyxl.load_workbook(tmp_path / "tables" / "tables.xlsx")
    assert book["1"]["A4"].value == NASTY
    assert book["1"]["A4"].data_type == "s"
    assert pd.read_csv(tmp_path / "tables" / "vs_by_sector.csv").iloc[0, 0] == NASTY


@pytest.mark.parametrize("label", FORMULAS)
def test_no_spreadsheet_calculates_a_label(run, shown, tmp_path, label):
    frame = pd.DataFrame({label: [label], "ARM": [-1.0]}, index=pd.Index([label], name="sector"))
    run.table("vs_by_sector", frame)
    run.finish()
    sheet = openpyxl.load_workbook(tmp_path / "tables" / "tables.xlsx")["1"]
    assert [sheet[cell].value for cell in ("A4", "B3", "B4", "C4")] == [label, label, label, -1]
    assert {sheet[cell].data_type for cell in ("A4", "B3", "B4")} == {"s"}
    saved = pd.read_csv(tmp_path / "tables" / "vs_by_sector.csv")
    assert list(saved.columns) == ["sector", f"'{label}", "ARM"]
    assert saved.iloc[0].to_list() == [f"'{label}", f"'{label}", -1.0]


def test_numbers_that_are_text_stay_as_they_are(run, shown, tmp_path):
    run.table("vs_by_sector", pd.DataFrame({"x": PLAIN}))
    assert list(pd.read_csv(tmp_path / "tables" / "vs_by_sector.csv", dtype=str)["x"]) == PLAIN


def test_a_columns_name_may_be_a_number(run, shown, tmp_path):
    run.table("vs_by_sector", pd.DataFrame({2015: [1 / 3]}, index=pd.Index(["A"], name="sector")))
    assert (tmp_path / "tables" / "vs_by_sector.csv").read_text() == "sector,2015\nA,0.333333\n"


def test_a_matplotlibrc_of_the_users_changes_nothing(monkeypatch):
    monkeypatch.setitem(mpl.rcParams, "lines.linewidth", 9.0)
    gvc.Report(gvc.EaeuVerticalSpecialization(), source="invented")
    assert mpl.rcParams["lines.linewidth"] == mpl.rcParamsDefault["lines.linewidth"]


def test_name_of_a_bloc_is_text_in_captions_and_plain_in_the_record(run, shown):
    run.table("by_origin", pd.DataFrame({"ARM": [1.0]}), bloc="<b>*A* & B")
    (text,) = markdown(shown)
    assert as_text("<b>*A* & B") in text
    assert "<b>*A* & B" in run.tables[0]["caption"]
    assert "**" not in run.tables[0]["caption"]


def test_escaped_label_comes_out_of_pandoc_as_it_went_in(tmp_path):
    import html

    import nbformat

    cells = [nbformat.v4.new_markdown_cell(f"# Title\n\nStart {as_text(NASTY)} end")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "n.ipynb")
    to_html(tmp_path / "n.ipynb", tmp_path / "n.html", "run", "en")
    text = html.unescape((tmp_path / "n.html").read_text(encoding="utf-8"))
    assert f"Start {NASTY} end" in text


def test_cyrillic_is_drawn_without_missing_glyphs(run, recwarn):
    figure = Figure()
    figure.subplots().set_title("Грузовые перевозки, связь и торговля: ҚҰӨ ў")
    run.figure("flows", figure, caption="Flows")
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]


def test_record_says_what_is_needed_to_repeat_the_run(run, shown, tmp_path):
    run.say("A finding.")
    run.finish()
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert record["findings"] == ["A finding."]
    assert record["parameters"]["decimals"] == 1
    assert [len(digest) for digest in record["data"]["sha256"].values()] == [64]
    assert set(record["versions"]) == {"Python", *report.PACKAGES}
    assert record["tables"][0]["files"] == ["tables/provenance.csv"]


def test_nothing_is_saved_without_a_run_folder(shown, tmp_path, monkeypatch):
    monkeypatch.delenv(report.RUN_FOLDER, raising=False)
    monkeypatch.chdir(tmp_path)
    gvc.Report(gvc.EaeuVerticalSpecialization(), source="invented").finish()
    assert not list(tmp_path.iterdir())
