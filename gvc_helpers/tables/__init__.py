"""The inter-country input-output table: its numbers, labels, checks and preparation."""
