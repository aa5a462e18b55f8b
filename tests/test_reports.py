"""The committed reports: what the code produces, the same every time, readable everywhere."""

import json
import os
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from gvc_helpers import run
from gvc_helpers.report.html import to_html
from gvc_helpers.report.pictures import complete
from gvc_helpers.report.words import Language
from gvc_helpers.studies.file import data_at_hand

ROOT = Path(__file__).parents[1]
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


DEFAULTS = {
    "eaeu_2015": "eaeu_vertical_specialization",
    "grodnoinvest": "grodnoinvest_cluster_transformation",
    "cooperation_belarus": "production_cooperation",
}
"""Runs whose parameters are those that stand in a notebook."""


def saved_by_the_notebook(file, out):
    """Return the report of a notebook that was just compared with its stored outputs; None if none was."""
    study = DEFAULTS.get(file.stem, "none")
    saved = Path(os.environ["GVC_TEST_RUNS"], study)
    if not (saved / "run.json").exists():
        return None
    folder = Path(shutil.copytree(saved, out / file.stem))
    notebook = Path(shutil.copy(ROOT / "notebooks" / f"{study}.ipynb", folder / "notebook.ipynb"))
    complete(folder / "figures")
    to_html(notebook, folder / "report.html", file.stem, run.LANGUAGE)
    return folder


def files(folder):
    """Files of a report that are committed; the others are made from them or with them."""
    made = ("figures", "notebook.ipynb")
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(name) for name in names if name.parts[0] not in made)


def record_of(folder):
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


class OfAReport:
    """What holds for every report; each has a class of its own, so that processes share them out."""

    stem = ""

    @pytest.fixture(scope="class")
    @classmethod
    def fresh(cls, request, tmp_path_factory):
        """The report made anew, once."""
        file, out = ROOT / "parameters" / f"{request.cls.stem}.yaml", tmp_path_factory.mktemp("reports")
        if not data_at_hand(file):
            pytest.skip("the data of this parameter file is not at hand")
        return saved_by_the_notebook(file, out) or run.run(file, out=out)

    @pytest.fixture
    def both(self, fresh):
        return ROOT / "reports" / self.stem, fresh

    def test_committed_report_has_the_files_of_a_fresh_one(self, both):
        committed, fresh = both
        assert files(committed) == files(fresh), "run make reports"

    def test_committed_tables_are_what_the_code_produces(self, both):
        committed, fresh = both
        for file in sorted((fresh / "tables").glob("*.csv")):
            if file.stem == "provenance":
                continue
            new, old = pd.read_csv(file), pd.read_csv(committed / "tables" / file.name)
            pd.testing.assert_frame_equal(
                new, old, rtol=1e-4, atol=2e-5, obj=f"{file.name}, run make reports:"
            )

    def test_committed_text_is_what_the_code_produces(self, both):
        stated = [re.sub(r'src="[^"]*"', "", (f / "report.html").read_text(encoding="utf-8")) for f in both]
        assert all('<h2 id="provenance">' in text for text in stated)
        committed, fresh = (text.split('<h2 id="provenance">')[0] for text in stated)
        assert committed == fresh, "run make reports"

    def test_committed_run_record_is_of_this_data_and_these_parameters(self, both):
        committed, fresh = (record_of(f) for f in both)
        for key in ("study", "parameters", "data", "findings", "tables", "figures"):
            assert committed[key] == fresh[key], "run make reports"

    def test_report_is_small_and_whole(self, both):
        for folder in both:
            record = record_of(folder)
            size = sum((folder / name).stat().st_size for name in files(folder))
            assert size < 2e5 * len(record["figures"]) + 5e4 * len(record["tables"])
            html = (folder / "report.html").read_text(encoding="utf-8")
            assert "<math" in html
            assert "<script" not in html
            targets = re.findall(r'href="#([^"]+)"', html)
            assert len(targets) >= 10
            assert all(f'id="{target}"' in html for target in targets), "the contents lead to their sections"
            assert "In [" not in html
            assert not re.search(r'(src|href)="(?!data:|#)', html), "everything is in the one file"
            assert html.count("<figure") == len(record["figures"])
            assert html.count("<caption") == len(record["tables"])
            for entry in record["tables"] + (record["figures"] if folder == both[1] else []):
                assert all((folder / file).exists() for file in entry["files"])

    @pytest.mark.skipif(BROWSER is None, reason="no browser is at hand")
    @pytest.mark.parametrize("width", [390, 1280])
    def test_report_in_a_browser(self, both, width):
        playwright = pytest.importorskip("playwright.sync_api")
        with playwright.sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path=BROWSER,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            page = browser.new_page(viewport={"width": width, "height": 844})
            requests, messages = [], []
            page.on("request", lambda request: requests.append(request.url))
            page.on("console", lambda message: messages.append(message.text))
            page.on("pageerror", lambda error: messages.append(str(error)))
            page.goto((both[1] / "report.html").as_uri())
            images = page.eval_on_selector_all("img", "all => all.map(i => [i.complete, i.naturalWidth])")
            overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            headings = page.locator("h2").count()
            browser.close()
        assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
        assert messages == []
        assert images
        assert all(complete and wide > 0 for complete, wide in images)
        assert overflow <= 0
        assert headings >= 10


class OfMadeData(OfAReport):
    """What holds where data is made from printed figures."""

    source = "reconstruction from the printed tables"
    printed_only: frozenset[str] = frozenset()

    def test_made_data_is_called_so_everywhere(self, fresh):
        record = record_of(fresh)
        assert record["data"]["reconstructed"]
        entries = record["tables"] + record["figures"]
        assert self.printed_only <= {entry["name"] for entry in entries}
        for entry in entries:
            assert (self.source in entry["caption"]) == (entry["name"] not in self.printed_only)


class TestEaeu2015(OfMadeData):
    stem = "eaeu_2015"
    printed_only = frozenset({"subtotal_faults"})

    def test_two_runs_give_the_same_bytes(self, fresh, tmp_path):
        again = run.run(ROOT / "parameters" / "eaeu_2015.yaml", out=tmp_path)
        names = {str(path.relative_to(fresh)) for path in fresh.rglob("*") if path.is_file()}
        assert {
            "figures/flows.svg",
            "figures/flows.pdf",
            "figures/flows.png",
            "tables/by_origin.csv",
        } <= names
        # The others hold the day, or have another cell of parameters.
        for name in names - {"run.json", "report.html", "notebook.ipynb"}:
            assert (fresh / name).read_bytes() == (again / name).read_bytes(), name


class TestGrodnoinvest(OfMadeData):
    stem = "grodnoinvest"
    source = "synthetic register calibrated to the printed figures"
    printed_only = frozenset(
        [
            "zones",
            "innovation",
            "investment",
            "printed_leaders",
            "printed_sector_ginis",
            "overall_implied",
            "self_check",
        ]
    )


class TestCooperationBelarus(OfMadeData):
    stem = "cooperation_belarus"
    printed_only = frozenset({"printed", "profiles"})

    def test_figures_of_an_invented_register_are_called_so(self, fresh):
        record = record_of(fresh)
        captions = {entry["name"]: entry["caption"] for entry in record["tables"]}
        assert "come from the synthetic register" in captions["criteria"]
        assert any("synthetic register of residents" in finding for finding in record["findings"])


class TestCooperationRussia(OfAReport):
    stem = "cooperation_russia"

    def test_known_shares_of_final_product_chains_are_in_the_report(self, fresh):
        """Los, Timmer and de Vries (2015), with Taiwan in East Asia, as worked out beforehand."""
        folder = fresh
        chains = pd.read_csv(folder / "tables" / "chains_by_year.csv", index_col=[0, 1]).loc["All countries"]
        assert (100 - chains["domestic"]).round(1)[[1995, 2008]].tolist() == [16.4, 25.6]
        assert chains["global"].round(1)[[1995, 2008]].tolist() == [9.4, 16.9]
        focus = pd.read_csv(folder / "tables" / "chains_of_focus.csv", index_col=0)
        assert (
            focus.loc["Transport Equipment", "regional"] == 0
        )  # no other member of the EAEU is in the table


class TestWiod2008(OfAReport):
    stem = "wiod_2008"


class TestWiod2011(OfAReport):
    stem = "wiod_2011"

    def test_real_data_is_not_called_reconstructed(self, fresh):
        record = record_of(fresh)
        assert not record["data"]["reconstructed"]

    def test_report_about_other_countries_says_nothing_of_the_union(self, fresh):
        record = record_of(fresh)
        said = " ".join([*record["findings"], *(e["caption"] for e in record["tables"] + record["figures"])])
        looked_at = {Language().country(code) for code in record["parameters"]["focus"]}
        for name in {"EAEU", "Belarus", "Armenia", "Kazakhstan", "Kyrgyzstan", "Ukraine"} - looked_at:
            assert name not in said.replace("Belarusian", "")
        assert "the comparison is left out" in said
        assert "reconstruction" not in said


class TestEora26Mock(OfAReport):
    stem = "eora26_mock"


def test_every_shipped_run_has_its_tests():
    tested = {case.stem for name, case in globals().items() if name.startswith("Test")}
    assert tested | {"eora26_2015"} == {file.stem for file in (ROOT / "parameters").glob("*.yaml")}


def test_corrected_run_tells_what_was_given_and_what_moved(tmp_path):
    corrections = tmp_path / "better.csv"
    lines = [
        "country;quantity;partner;value;source",
        "BLR;exports;;9,0;invented",
        "BLR;exports;RUS;4,0;invented",
    ]
    corrections.write_text("\n".join(lines), encoding="cp1251")
    overrides = [("corrections", str(corrections)), ("sector_groups", "broad"),
                 ("agriculture_and_food", "[Agriculture]")]  # fmt: skip
    folder = run.run(ROOT / "parameters" / "eaeu_2015.yaml", overrides, tmp_path / "reports")
    table = pd.read_csv(folder / "tables" / "corrections.csv", index_col=[0, 1])
    assert table.loc[("given", "Belarus, exports"), "after"] == pytest.approx(9.0)
    assert table.loc[("given", "Belarus, exports, Russia"), "after"] == pytest.approx(4.0)
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Totals of Belarus that were replaced: 2." in report
    assert "corrected: BLR" in report
    assert "better.csv" in (folder / "run.json").read_text(encoding="utf-8")
