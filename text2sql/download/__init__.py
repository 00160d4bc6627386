"""Downloads that resume, are checked against a digest, and appear only when complete."""
