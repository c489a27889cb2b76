"""Last year's answers out of a report that was read, where last year's assessment is not in the product."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models.assessment import Assessment
from indicators.models import Item, points_field


class PastAnswer(models.Model):
    """What a read report said on an item of this assessment's framework. ``source`` is the report's title.

    A later reading of the same item replaces it.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="past_answers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    source = models.CharField(_("report"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"), null=True)
    narrative = models.TextField(_("what was done"), blank=True)
    score = points_field(_("points"), null=True, blank=True)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        ordering = ("assessment_id", "item_id")
        verbose_name = _("past answer")
        verbose_name_plural = _("past answers")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "item"), name="past_answer_once_an_item"),
        )

    def __str__(self) -> str:
        return self.source
