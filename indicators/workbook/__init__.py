"""Frameworks as Excel workbooks: our own form out and in, and tables as offices write them in.

``child`` with ``limits`` and ``cells`` run in a process of their own and import no Django; nothing here does
on import of the package.
"""
