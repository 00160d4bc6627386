"""Questions that their database cannot answer, made for a benchmark of doubts."""
