"""Value-added accounting of an inter-country table, one concept a file."""
