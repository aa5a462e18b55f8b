"""What the papers print, ours beside it, and the makers of the data that ships."""
