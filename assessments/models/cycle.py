"""A year's round of assessments."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from indicators.models import Framework


class Cycle(models.Model):
    """One year (评价周期): a published framework, a committee, and deadlines. Passing one locks nothing."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    framework = models.ForeignKey(
        Framework, models.PROTECT, related_name="cycles", verbose_name=_("framework")
    )
    committee = models.ForeignKey(
        Organisation, models.PROTECT, related_name="cycles", verbose_name=_("committee")
    )
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("due on"))
    filler_may_submit = models.BooleanField(_("fillers may submit"), default=False)

    class Meta:
        ordering = ("-year", "code")
        verbose_name = _("cycle")
        verbose_name_plural = _("cycles")
        constraints = (
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")),
                name="cycle_due_after_open",
                violation_error_message=_("A cycle is due on or after the day it opens."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.committee_id and self.committee.kind != OrganisationKind.COMMITTEE:
            raise ValidationError({"committee": _("A cycle belongs to a committee.")})
        if self.framework_id and self.framework.published_at is None:
            raise ValidationError({"framework": _("The framework has not been published.")})
