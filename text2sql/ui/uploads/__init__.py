"""The Your data tab."""
