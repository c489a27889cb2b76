"""Report files for other programs."""
