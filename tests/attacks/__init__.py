"""What strangers can send, tried against every function that takes it."""
