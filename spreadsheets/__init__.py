"""Workbooks out and in: written so that text stays text, read so that no file can do harm.

:mod:`~spreadsheets.book` writes; :mod:`~spreadsheets.opening` reads the cells of a file in a process of its
own under limits; :mod:`~spreadsheets.table` finds the rows of a sheet that :mod:`~spreadsheets.book` wrote,
by its hidden row of column names. What a workbook means is the business of the apps.
"""
