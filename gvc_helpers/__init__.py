"""Helpers of the notebooks on value chains and regional clusters.

Import it as ``gvc``. The rooms, from what holds data to what runs a study, are described in
CONTRIBUTING.md.
"""

from gvc_helpers import audit, figures, published
from gvc_helpers.absorption import (
    origin_of_final_demand,
    revealed_comparative_advantage,
    value_added_by_final_demand,
    value_added_trade,
)
from gvc_helpers.borin_mancini import borin_mancini, miroudot_ye
from gvc_helpers.chains import average_chain, final_product_chains
from gvc_helpers.decomposition import aggregates, hummels, kww, wwz
from gvc_helpers.extraction import hypothetical_extraction
from gvc_helpers.findings import Findings
from gvc_helpers.involvement import (
    ExportProfile,
    SizeCorrection,
    columns_of,
    export_profile,
    ranking,
    size_correction,
    spread,
    vs_changes,
    vs_difference,
    vs_differences,
)
from gvc_helpers.io_table import Finding, IOTable, TableError, prepare
from gvc_helpers.language import Language
from gvc_helpers.parameter_file import ParameterError
from gvc_helpers.parameters import EaeuVerticalSpecialization
from gvc_helpers.participation import participation, production_participation, trade_participation
from gvc_helpers.position import downstreamness, production_length, upstreamness
from gvc_helpers.profile import KINDS, PARTS, PLACE, SIDES, determinacy, profile
from gvc_helpers.report import Report
from gvc_helpers.sources import SourceError, read_ensemble, read_table
from gvc_helpers.structural import structural_decomposition
from gvc_helpers.vertical_specialization import (
    VerticalSpecialization,
    bloc_share_of_exports,
    bloc_share_of_imported_inputs,
    bloc_shares,
    bloc_total,
    value_added_exports,
    vertical_specialization,
    with_totals,
)

__all__ = [
    "KINDS",
    "PARTS",
    "PLACE",
    "SIDES",
    "EaeuVerticalSpecialization",
    "ExportProfile",
    "Finding",
    "Findings",
    "IOTable",
    "Language",
    "ParameterError",
    "Report",
    "SizeCorrection",
    "SourceError",
    "TableError",
    "VerticalSpecialization",
    "aggregates",
    "audit",
    "average_chain",
    "bloc_share_of_exports",
    "bloc_share_of_imported_inputs",
    "bloc_shares",
    "bloc_total",
    "borin_mancini",
    "columns_of",
    "determinacy",
    "downstreamness",
    "export_profile",
    "figures",
    "final_product_chains",
    "hummels",
    "hypothetical_extraction",
    "kww",
    "miroudot_ye",
    "origin_of_final_demand",
    "participation",
    "prepare",
    "production_length",
    "production_participation",
    "profile",
    "published",
    "ranking",
    "read_ensemble",
    "read_table",
    "revealed_comparative_advantage",
    "size_correction",
    "spread",
    "structural_decomposition",
    "trade_participation",
    "upstreamness",
    "value_added_by_final_demand",
    "value_added_exports",
    "value_added_trade",
    "vertical_specialization",
    "vs_changes",
    "vs_difference",
    "vs_differences",
    "with_totals",
    "wwz",
]
