"""One run's report: numbered tables and figures with captions, generated sentences, provenance."""

from __future__ import annotations

import base64
import datetime
import importlib.metadata
import io
import json
import os
import platform
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import matplotlib as mpl
import numpy as np
import pandas as pd
import xlsxwriter
from IPython.display import Markdown, display
from matplotlib.figure import Figure

from gvc_helpers._typing import Spread
from gvc_helpers.report.narrate import Narrator
from gvc_helpers.report.pictures import converted
from gvc_helpers.report.words import Language, as_plain, as_text

RUN_FOLDER = "GVC_RUN_FOLDER"
"""Environment variable with the folder that a run saves to; without it nothing is saved."""

RECORD = "run.json"
"""File with what is needed to trust or repeat a run; a folder without it is no report."""
PACKAGES = ("gvc-helpers", "numpy", "scipy", "pandas", "matplotlib", "pymrio", "papermill")
STYLE: dict[str, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "gvc",  # the same figure, the same bytes
    "text.parse_math": False,  # a dollar sign in a label is a dollar sign
}
SCREEN_DPI = 110
LEAST_DECIMALS = {
    **dict.fromkeys(["ratio", "position", "upstreamness", "downstreamness", "vax_ratio"], 2),
    **{"widest": 3, "difference": 4, "largest": 4},
    **dict.fromkeys(["quotient", "odds_ratio", "dynamic_quotient"], 2),
    **dict.fromkeys(["gini", "gini_corrected", "gini_grouped", "herfindahl"], 3),
    **dict.fromkeys(["log_change", "of_share", "of_overall"], 3),
    **dict.fromkeys(["concentration", "technical_level", "import_dependence", "scale", "openness"], 2),
    **dict.fromkeys(["innovation", "zone_share", "rca", "rca_value_added", "pace"], 2),
    **dict.fromkeys(["demand_driven", "supply_driven", "extraction", "sellers_side", "buyers_side"], 2),
    **dict.fromkeys(["slope", "slope_low", "slope_high", "least_slope", "largest_slope"], 3),
    **{"p_value": 3, "of_variation": 3, "supplier_risk": 2},
}
"""Columns whose figures are too small for the decimals of the others."""

FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a text begins with that spreadsheets take for a formula."""
NUMBERS = re.compile(r"[+-][\d\s.,…]+")
"""A number, or the two ends of a range: nothing that could be calculated."""

CAPTION, FIGURE, TABLE = "caption", "figure", "table"
"""Marks, in the metadata of a notebook's outputs, of what a rendering sets in its own way."""


class Ranged(Protocol):
    """Results of several tables: what is shown, and the smallest and largest values if there are others."""

    @property
    def value(self) -> pd.DataFrame:
        """What is shown."""

    @property
    def ends(self) -> Spread | None:
        """Smallest and largest values."""


class Run(Protocol):
    """What a report wants to know of the run that it is of."""

    study: str
    decimals: int

    @property
    def reconstructed(self) -> bool:
        """Whether the data is made from printed figures."""

    def recorded(self) -> dict[str, Any]:
        """Return the parameters as the report records them."""

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of the data, by what it is of."""


@dataclass(frozen=True)
class Caption:
    """What stands above a table or below a figure, in its parts."""

    label: str
    text: str
    unit: str
    source: str

    def markdown(self, language: Language) -> str:
        """Set the parts as one line."""
        measured = language.text("words", "unit", unit=self.unit) if self.unit else ""
        origin = language.text("words", "source", source=self.source)
        return f"**{self.label}.** {self.text}. {measured}*{origin}.*"


class Report:
    """Shows and saves what one run of a notebook produces.

    Parameters
    ----------
    parameters : Run
        Parameters of the run.
    source : str
        Source of the data, as it stands under tables and figures.
    language : Language
        Language of captions and sentences.

    Notes
    -----
    Tables and figures are numbered in the order they come. Where the environment names a run's
    folder, ``tables/``, ``figures/`` and ``run.json`` are written there.
    """

    def __init__(self, parameters: Run, source: str, language: Language | None = None) -> None:
        self.parameters = parameters
        self.source = source
        self.language = language or Language(parameters.study)
        self.narrator = Narrator(self.language, parameters.decimals)
        self.folder = Path(os.environ[RUN_FOLDER]) if RUN_FOLDER in os.environ else None
        self.tables: list[dict[str, Any]] = []
        self.figures: list[dict[str, Any]] = []
        self.findings: list[str] = []
        self._sheets: list[tuple[str, pd.DataFrame]] = []
        mpl.rcdefaults()  # whatever a matplotlibrc of the user's says
        mpl.rcParams.update(STYLE)  # type: ignore[arg-type]

    def say(self, *templates: str, **results: Any) -> None:
        """Show sentences, templates filled in with results, as a paragraph."""
        if sentences := self._filled(templates, results):
            display(Markdown(" ".join(sentences)))

    def points(self, *templates: str, **results: Any) -> None:
        """Show sentences, templates filled in with results, as a list."""
        if sentences := self._filled(templates, results):
            display(Markdown("\n".join(f"- {sentence}" for sentence in sentences)))

    def _filled(self, templates: Iterable[str], results: dict[str, Any]) -> list[str]:
        sentences = [self.narrator.sentence(template, **results) for template in templates]
        self.findings += sentences
        return sentences

    def table(
        self,
        name: str,
        shown: pd.DataFrame | Ranged,
        spread: Spread | None = None,
        caption: str | None = None,
        unit: str = "",
        **values: Any,
    ) -> None:
        """Show a table and keep it for ``tables/``.

        Parameters
        ----------
        name : str
            Key of the caption in the catalogue, and name of the file.
        shown : pandas.DataFrame or Ranged
            The table, or results that have a range. Axes named country, origin or exporter get the
            countries' names, columns their headings.
        spread : tuple of pandas.DataFrame, optional
            Smallest and largest values of the cells, where the data do not determine them.
        caption, unit : str, optional
            Templates; without a caption those of the catalogue.
        **values
            What the templates are filled in with.
        """
        frame, spread = (shown, spread) if isinstance(shown, pd.DataFrame) else (shown.value, shown.ends)
        parts = self._caption("table", len(self.tables) + 1, name, (caption, unit), values)
        line = parts.markdown(self.language)
        body = self._markdown_table(self._shown(frame, spread))
        display(
            {"text/markdown": f"{line}\n\n{body}", "text/plain": line},
            raw=True,
            metadata={"gvc": {"kind": TABLE, **asdict(parts)}},
        )
        frames = {name: frame}
        if spread is not None:
            frames |= {f"{name}_low": spread[0], f"{name}_high": spread[1]}
        self.tables.append(self._entry(name, parts, [f"tables/{file}.csv" for file in frames]))
        for file, content in frames.items():
            self._save_csv(file, content)
            self._sheets.append((line, content))

    def figure(
        self, name: str, figure: Figure, caption: str | None = None, unit: str = "", **values: Any
    ) -> None:
        """Show a figure with its caption, as of a table, and save it; an empty one is left out."""
        if not any(np.isfinite(axes.dataLim.get_points()).all() for axes in figure.axes):
            return
        parts = self._caption("figure", len(self.figures) + 1, name, (caption, unit), values)
        line = parts.markdown(self.language)
        svg = _drawn(figure)
        png = base64.b64encode(converted(svg, "png", SCREEN_DPI)).decode()
        display(
            {"image/png": png, "text/plain": line},
            raw=True,
            metadata={"gvc": {"kind": FIGURE, "file": f"figures/{name}.svg", **asdict(parts)}},
        )
        display({"text/markdown": line, "text/plain": line}, raw=True, metadata={"gvc": {"kind": CAPTION}})
        self.figures.append(self._entry(name, parts, [f"figures/{name}.{k}" for k in ("svg", "png", "pdf")]))
        if self.folder is not None:
            (self.folder / "figures").mkdir(exist_ok=True)
            (self.folder / "figures" / f"{name}.svg").write_bytes(svg)

    def finish(self) -> None:
        """Show the provenance of the run; write the workbook and ``run.json``."""
        record = self.record()
        rows = {
            self.language.heading("run_date"): record["date"],
            self.language.heading("data"): self.source,
            **{f"SHA-256, {year}": digest for year, digest in record["data"]["sha256"].items()},
            self.language.heading("parameters"): json.dumps(
                {key: value for key, value in record["parameters"].items() if key != "study"},
                ensure_ascii=False,
                allow_nan=False,
            ),
            **record["versions"],
        }
        heading = self.language.heading("value")
        frame = pd.DataFrame({heading: rows}).rename_axis(self.language.heading("item"))
        self.table("provenance", frame)
        if self.folder is not None:
            self._save_workbook(self.folder / "tables" / "tables.xlsx")
            record |= {"tables": self.tables, "figures": self.figures}
            text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
            (self.folder / RECORD).write_text(text + "\n", encoding="utf-8")

    def record(self) -> dict[str, Any]:
        """What a reader needs to know to trust or repeat the run."""
        p = self.parameters
        return {
            "study": p.study,
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "parameters": p.recorded(),
            "data": {
                "source": self.source,
                "reconstructed": p.reconstructed,
                "sha256": p.fingerprints(),
            },
            "versions": {"Python": platform.python_version()}
            | {name: importlib.metadata.version(name) for name in PACKAGES},
            "findings": [as_plain(finding) for finding in self.findings],
        }

    # Captions and cells ---------------------------------------------------------------------------

    def _caption(
        self, kind: str, number: int, name: str, given: tuple[str | None, str], values: dict[str, Any]
    ) -> Caption:
        """Fill in the templates given, or those of the catalogue."""
        caption, unit = given
        source = as_text(str(values.pop("source", self.source)))
        label = self.language.text("words", kind, number=str(number))
        if caption is not None:
            text, measure = (self.narrator.fill(part, **values) for part in (caption, unit))
            return Caption(label, text, measure, source)
        entry = self.language.catalogue[f"{kind}s"][name]
        words = {key: as_text(str(value)) for key, value in (values | {"unit": unit}).items()}
        text, measure = (
            str(entry[part]).format_map({"source": source} | words) for part in ("caption", "unit")
        )
        return Caption(label, text, measure, source)

    def _entry(self, name: str, caption: Caption, files: list[str]) -> dict[str, Any]:
        parts = {part: as_plain(text) for part, text in asdict(caption).items()}
        return {"name": name, "caption": as_plain(caption.markdown(self.language)), **parts, "files": files}

    def _shown(self, frame: pd.DataFrame, spread: Spread | None) -> pd.DataFrame:
        """Turn a frame into text: numbers rounded, countries named, headings translated."""
        low, high = (ends.reindex_like(frame) for ends in spread or (frame, frame))
        columns = [
            [
                self._cell(*cell, name)
                for cell in zip(frame.iloc[:, j], low.iloc[:, j], high.iloc[:, j], strict=True)
            ]
            for j, name in enumerate(frame.columns)
        ]
        cells = pd.DataFrame(dict(enumerate(columns)), dtype=object)
        cells.columns = pd.Index(self.language.labels(frame.columns))
        for level in reversed(range(frame.index.nlevels)):
            values = frame.index.get_level_values(level)
            cells.insert(0, self.language.heading(str(values.name or "")), self.language.labels(values),
                         allow_duplicates=True)  # fmt: skip
        return cells

    def _cell(self, value: object, low: float, high: float, column: object) -> str:
        if isinstance(value, (bool, np.bool_)):
            return self.language.text("words", "yes" if value else "no")
        if not isinstance(value, float):
            return "–" if value is None or value is pd.NA else str(value)
        decimals = max(self.parameters.decimals, LEAST_DECIMALS.get(str(column), 0))
        return self.language.interval(value, low, high, decimals)

    def _markdown_table(self, cells: pd.DataFrame) -> str:
        """Set text cells as a pipe table: text to the left, numbers to the right."""
        texts = [[as_text(str(cell)) for cell in row] for row in cells.itertuples(index=False)]
        numeric = [
            all(not row[j] or row[j][0] in "−–0123456789" for row in texts) and bool(texts)
            for j in range(cells.shape[1])
        ]
        head = "| " + " | ".join(as_text(str(column)) for column in cells.columns) + " |"
        rule = "|" + "|".join("--:" if right else ":--" for right in numeric) + "|"
        return "\n".join([head, rule, *("| " + " | ".join(row) + " |" for row in texts)])

    # Files ----------------------------------------------------------------------------------------

    def _save_csv(self, name: str, frame: pd.DataFrame) -> None:
        if self.folder is None:
            return
        (self.folder / "tables").mkdir(exist_ok=True)
        plain = _rounded(frame).map(_no_formula).rename(index=_no_formula, columns=_no_formula)
        plain.to_csv(self.folder / "tables" / f"{name}.csv", float_format="%.6f", encoding="utf-8")

    def _save_workbook(self, file: Path) -> None:
        """Write all tables into one workbook, a sheet each, and a first sheet that lists them."""
        options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
        with xlsxwriter.Workbook(file, options) as book:
            book.set_properties({"created": datetime.datetime(2000, 1, 1)})
            bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
            contents = book.add_worksheet("Contents")
            contents.set_column(0, 0, 6)
            contents.set_column(1, 1, 110, wrap)
            for number, (caption, frame) in enumerate(self._sheets, start=1):
                contents.write_url(number - 1, 0, f"internal:'{number}'!A1", string=str(number))
                contents.write_string(number - 1, 1, as_plain(caption))
                sheet = book.add_worksheet(str(number))
                sheet.write_string(0, 0, as_plain(caption), bold)
                for j, column in enumerate(flat := _rounded(frame).reset_index()):
                    sheet.write_string(2, j, str(column), bold)
                    for i, value in enumerate(flat.iloc[:, j]):
                        if pd.notna(value):
                            sheet.write(3 + i, j, value if isinstance(value, (int, float)) else str(value))


def _drawn(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Round to what is saved; adding zero makes minus zero plain zero."""
    numeric = frame.select_dtypes("float").columns
    rounded = frame.copy()
    rounded[numeric] = frame[numeric].round(6) + 0.0
    return rounded


def _no_formula(cell: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would calculate (OWASP, CSV injection)."""
    risky = isinstance(cell, str) and cell.startswith(FORMULA) and not NUMBERS.fullmatch(cell)
    return f"'{cell}" if risky else cell
