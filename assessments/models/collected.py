"""Figures that schools or townships gave for an item, before the department adds them up."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models.response import Response, figure_field


class CollectedFigure(models.Model):
    """One figure of one unit (学校、乡镇), out of a returned collection sheet (数据收集表).

    ``unit`` is its name as written; ``source`` the file it came in. A later sheet of the unit replaces it.
    """

    response = models.ForeignKey(Response, models.PROTECT, related_name="collected")
    unit = models.CharField(_("unit"), max_length=100)
    code = models.SlugField(_("code"), max_length=40)
    value = figure_field(_("value"))
    source = models.CharField(_("file"), max_length=200)
    read_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        ordering = ("response_id", "unit", "code")
        verbose_name = _("collected figure")
        verbose_name_plural = _("collected figures")
        constraints = (
            models.UniqueConstraint(fields=("response", "unit", "code"), name="collected_once_a_unit"),
        )

    def __str__(self) -> str:
        return f"{self.unit} {self.code} {self.value}"
