from . import cooperation, papers, report, zones
from .databases.csv_folder import write_folder
from .databases.files import SourceError
from .databases.read import read_ensemble, read_table
from .measures.absorption import (
    bloc_matrix,
    bloc_partners,
    bloc_trade,
    origin_of_final_demand,
    revealed_comparative_advantage,
    supplies_intermediates,
    value_added_by_final_demand,
    value_added_trade,
)
from .measures.borin_mancini import borin_mancini, miroudot_ye
from .measures.chains import (
    average_chain,
    average_chains,
    chains_of,
    final_product_chains,
    fragmentation,
    fragmented,
)
from .measures.decomposition import aggregates, hummels, kww, wwz
from .measures.differences import (
    ExportProfile,
    SizeCorrection,
    export_profile,
    ranking,
    size_correction,
    vs_changes,
    vs_difference,
    vs_differences,
)
from .measures.extraction import hypothetical_extraction
from .measures.participation import participation, production_participation, trade_participation
from .measures.position import downstreamness, production_length, upstreamness
from .measures.profile import KINDS, NINE_TERMS, PARTS, PLACE, SIDES, determinacy, profile
from .measures.structural import structural_decomposition
from .measures.vertical_specialization import (
    VerticalSpecialization,
    bloc_share_of_exports,
    bloc_share_of_imported_inputs,
    bloc_shares,
    bloc_total,
    foreign_origins,
    value_added_exports,
    vertical_specialization,
    with_totals,
)
from .report import diagrams, plots
from .report.narrate import extremes
from .report.report import Report
from .report.words import Language
from .sentences.cooperation import CooperationFindings
from .sentences.eaeu import Findings
from .sentences.zone import ZoneFindings
from .studies.cooperation import ProductionCooperation
from .studies.eaeu import EaeuVerticalSpecialization
from .studies.file import ParameterError, parameters
from .studies.zone import GrodnoinvestClusterTransformation
from .tables.checks import Fault
from .tables.corrections import CorrectionError, correct, read_corrections
from .tables.ensemble import Ensemble
from .tables.io_table import REST_OF_WORLD, IOTable, TableError
from .tables.labels import ConcordanceError, country_set, sector_groups
from .tables.prepare import Prepared, prepare
from .zones.inequality import gini, inequality, top_share
from .zones.leadership import leadership
from .zones.localization import location_quotient
from .zones.register import RegisterError, Zone, read_zone

__all__ = [
    "KINDS",
    "NINE_TERMS",
    "PARTS",
    "PLACE",
    "REST_OF_WORLD",
    "SIDES",
    "ConcordanceError",
    "CooperationFindings",
    "CorrectionError",
    "EaeuVerticalSpecialization",
    "Ensemble",
    "ExportProfile",
    "Fault",
    "Findings",
    "GrodnoinvestClusterTransformation",
    "IOTable",
    "Language",
    "ParameterError",
    "Prepared",
    "ProductionCooperation",
    "RegisterError",
    "Report",
    "SizeCorrection",
    "SourceError",
    "TableError",
    "VerticalSpecialization",
    "Zone",
    "ZoneFindings",
    "aggregates",
    "average_chain",
    "average_chains",
    "bloc_matrix",
    "bloc_partners",
    "bloc_share_of_exports",
    "bloc_share_of_imported_inputs",
    "bloc_shares",
    "bloc_total",
    "bloc_trade",
    "borin_mancini",
    "chains_of",
    "cooperation",
    "correct",
    "country_set",
    "determinacy",
    "diagrams",
    "downstreamness",
    "export_profile",
    "extremes",
    "final_product_chains",
    "foreign_origins",
    "fragmentation",
    "fragmented",
    "gini",
    "hummels",
    "hypothetical_extraction",
    "inequality",
    "kww",
    "leadership",
    "location_quotient",
    "miroudot_ye",
    "origin_of_final_demand",
    "papers",
    "parameters",
    "participation",
    "plots",
    "prepare",
    "production_length",
    "production_participation",
    "profile",
    "ranking",
    "read_corrections",
    "read_ensemble",
    "read_table",
    "read_zone",
    "report",
    "revealed_comparative_advantage",
    "sector_groups",
    "size_correction",
    "structural_decomposition",
    "supplies_intermediates",
    "top_share",
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
    "write_folder",
    "wwz",
    "zones",
]
