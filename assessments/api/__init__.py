"""Cycles, assessments, responses and results for other programs."""
