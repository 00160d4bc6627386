"""What strangers may send, in files above all, and what must not come of it."""
