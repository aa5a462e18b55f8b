"""A zone: the register of its residents, and the measures of it."""
