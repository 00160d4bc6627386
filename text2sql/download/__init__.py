"""Downloads that can resume, are verified by digest, and appear only when complete."""
