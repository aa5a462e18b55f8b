"""Files as people have them: text and numbers, sheets, YAML with its lines, archives, locks."""
