"""The evidence of a district's year (佐证材料): taken in, described, cited by items, previewed, erased.

A file goes into the storage ``evidence`` under a random name before its row is written, and is served by a
view that asks who reads; what is left over when a process dies is swept.
"""
