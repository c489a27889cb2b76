"""What supporting departments write on an item, beside the lead's text. Written by
:mod:`assessments.contributions` alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from assessments.models.response import Response


class Contribution(models.Model):
    """A supporting department's own text and materials for an item (配合部门意见), with its own done mark.

    ``materials`` names its evidence, one a line. ``version`` counts the saves.
    """

    response = models.ForeignKey(Response, models.PROTECT, related_name="contributions")
    department = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contributions", verbose_name=_("department")
    )
    text = models.TextField(_("what was done"), blank=True)
    materials = models.TextField(_("supporting materials"), blank=True)
    done = models.BooleanField(_("done"), default=False)
    version = models.PositiveIntegerField(_("version"), default=0)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(_("saved at"), null=True, blank=True)

    class Meta:
        ordering = ("response_id", "department__code")
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        constraints = (
            models.UniqueConstraint(fields=("response", "department"), name="contribution_once_a_department"),
        )

    def __str__(self) -> str:
        return f"{self.response} {self.department}"


class ContributionRevision(models.Model):
    """One save of a contribution, kept for good. The database refuses to change or delete it."""

    contribution = models.ForeignKey(Contribution, models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField(_("version"))
    text = models.TextField()
    materials = models.TextField()
    done = models.BooleanField()
    operation = models.UUIDField(null=True)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        ordering = ("contribution_id", "version")
        constraints = (
            models.UniqueConstraint(fields=("contribution", "version"), name="contribution_revision_once"),
            models.UniqueConstraint(
                fields=("operation",),
                condition=models.Q(operation__isnull=False),
                name="contribution_operation_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.version}"
