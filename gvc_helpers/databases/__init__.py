"""Databases of input-output tables: their files, a reader each, the cache and the catalogue."""
