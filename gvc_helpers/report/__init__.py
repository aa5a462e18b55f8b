"""A report of frames and pictures: words, figures, captions, HTML. It knows no study."""
