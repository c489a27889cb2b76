"""The measurements that the README quotes: ``python -m bench NAME``, one module a measurement.

A module has ``measure() -> Result``; its result is printed as a table and written to ``var/bench/NAME.json``.
"""
