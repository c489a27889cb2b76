"""Who does which item."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from assessments.models.response import Response


class Assignment(models.Model):
    """The department that leads an item and those that support it (任务分工).

    ``due_on`` is the item's own deadline, ``None`` where it is the cycle's; passing it locks nothing.
    """

    response = models.OneToOneField(Response, models.PROTECT, related_name="assignment")
    lead = models.ForeignKey(
        Organisation, models.PROTECT, related_name="led", verbose_name=_("lead department")
    )
    supporting = models.ManyToManyField(
        Organisation, related_name="supported", blank=True, verbose_name=_("supporting departments")
    )

    due_on = models.DateField(_("due on"), null=True, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")

    def __str__(self) -> str:
        return f"{self.response} {self.lead}"

    def clean(self) -> None:
        if not (self.lead_id and self.response_id):
            return
        if self.lead.parent_id != self.response.assessment.organisation_id:
            raise ValidationError({"lead": _("The department belongs to another district.")})
