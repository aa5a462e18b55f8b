"""Production cooperation: foreign activity, forms, opportunity cost, shocks, networks, core and periphery."""
