"""Organisations, people and roles as a workbook: out, in as a plan to look at, and stored as a whole.

:mod:`~accounts.workbook.form` is the form, :mod:`~accounts.workbook.writing` writes it,
:mod:`~accounts.workbook.reading` takes the rows out of a file, :mod:`~accounts.workbook.planning` compares
them with what there is, :mod:`~accounts.workbook.storing` does what the plan says.
"""
