from . import cooperation_plots, plots, zone_plots

__all__ = [
    "cooperation_plots",
    "plots",
    "zone_plots",
]
