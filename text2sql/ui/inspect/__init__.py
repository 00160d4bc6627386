"""The Inspect tab: the items of a run, one by one, the prediction beside its gold."""
