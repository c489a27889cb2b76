"""Frameworks for other programs."""
