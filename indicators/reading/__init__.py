"""Reads rule prose (评分细则 as offices write it) into proposed rules; nothing is stored here.

``rule_prose.read_rule_prose`` is the entry. All modules are pure but ``wording``, which has the words.
"""
