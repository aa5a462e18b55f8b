"""The studies there are: each has a model of its parameters and a notebook of the same name."""

from __future__ import annotations

import json
from pathlib import Path

from gvc_helpers.studies.base import Study
from gvc_helpers.studies.cooperation import ProductionCooperation
from gvc_helpers.studies.eaeu import EaeuVerticalSpecialization
from gvc_helpers.studies.zone import GrodnoinvestClusterTransformation

STUDIES: dict[str, type[Study]] = {
    "eaeu_vertical_specialization": EaeuVerticalSpecialization,
    "grodnoinvest_cluster_transformation": GrodnoinvestClusterTransformation,
    "production_cooperation": ProductionCooperation,
}


def write_schemas(folder: str | Path) -> None:
    """Write the JSON schema of every study, for editors."""
    for name, model in STUDIES.items():
        schema = json.dumps(model.model_json_schema(), indent=2, ensure_ascii=False)
        Path(folder, f"{name}.schema.json").write_text(schema + "\n", encoding="utf-8")
