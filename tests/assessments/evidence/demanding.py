"""A world whose item 1 requires materials."""

from tests.factories import World, framework_data, make_framework, make_world

MATERIALS = ["实施方案", "人员名册"]


def make_demanding_world() -> World:
    sections = framework_data()["sections"]
    item = next(item for section in sections for item in section["items"] if item["label"] == "1")
    item["materials"] = MATERIALS
    return make_world(make_framework(sections=sections))
