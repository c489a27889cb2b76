"""One district's work in one cycle."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from assessments.models.cycle import Cycle


class Assessment(models.Model):
    """A district's self-assessment (自评). ``profile`` is its kind, where the framework has several."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="assessments", verbose_name=_("cycle"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="assessments", verbose_name=_("district")
    )
    profile = models.CharField(_("kind of district"), max_length=40, blank=True)

    class Meta:
        ordering = ("cycle", "organisation")
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = (
            models.UniqueConstraint(fields=("cycle", "organisation"), name="assessment_once_a_cycle"),
        )

    def __str__(self) -> str:
        return f"{self.organisation} {self.cycle}"

    def clean(self) -> None:
        if self.organisation_id and self.organisation.kind != OrganisationKind.DISTRICT:
            raise ValidationError({"organisation": _("Districts assess themselves.")})
