"""Questions that their database cannot answer, to measure the model's doubts."""
