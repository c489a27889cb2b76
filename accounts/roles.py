"""The roles of the domain, and in which kind of organisation each is held."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    COMMITTEE = "committee", _("committee")
    DISTRICT = "district", _("district")
    DEPARTMENT = "department", _("department")


class Role(models.TextChoices):
    FILLER = "filler", _("filler")
    DEPARTMENT_HEAD = "department_head", _("department head")
    COORDINATOR = "coordinator", _("coordinator")
    LEADER = "leader", _("leader")
    VERIFIER = "verifier", _("verifier")
    SECRETARY = "secretary", _("secretary")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


PARENT_KIND = {
    OrganisationKind.COMMITTEE: None,
    OrganisationKind.DISTRICT: OrganisationKind.COMMITTEE,
    OrganisationKind.DEPARTMENT: OrganisationKind.DISTRICT,
}

HELD_IN: dict[Role, frozenset[OrganisationKind]] = {
    Role.FILLER: frozenset({OrganisationKind.DEPARTMENT}),
    Role.DEPARTMENT_HEAD: frozenset({OrganisationKind.DEPARTMENT}),
    Role.COORDINATOR: frozenset({OrganisationKind.DISTRICT}),
    Role.LEADER: frozenset({OrganisationKind.DISTRICT}),
    Role.VERIFIER: frozenset({OrganisationKind.COMMITTEE}),
    Role.SECRETARY: frozenset({OrganisationKind.COMMITTEE}),
    Role.AUDITOR: frozenset({OrganisationKind.COMMITTEE, OrganisationKind.DISTRICT}),
    Role.ADMINISTRATOR: frozenset({OrganisationKind.COMMITTEE, OrganisationKind.DISTRICT}),
}

FILLS = frozenset({Role.FILLER, Role.DEPARTMENT_HEAD})
"""Roles that write a department's responses."""

READS_DISTRICT = frozenset({Role.COORDINATOR, Role.LEADER, Role.AUDITOR})
"""Roles that read all of their own district."""

STEERS_COMMITTEE = frozenset({Role.SECRETARY, Role.VERIFIER, Role.AUDITOR})
"""Roles of a committee that see its cycles."""

MANAGES_PEOPLE = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})
"""Roles that manage the organisations and people below them."""
