"""What the studies say of their results; to move into the cells of their notebooks."""
