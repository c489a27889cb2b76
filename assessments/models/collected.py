"""Figures that schools or townships give for an item, before its department adds them up.

Written by :mod:`assessments.collecting` alone.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models.response import Response, figure_field

UNIT_LENGTH = 100
"""Characters of a unit's name."""


class CollectedUnit(models.Model):
    """A unit (学校、乡镇) that an item's figures are asked of, by its name, in the order of the list.

    ``source`` is the file in which its answer came, "" while it has not answered.
    """

    response = models.ForeignKey(Response, models.PROTECT, related_name="units")
    order = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("unit"), max_length=UNIT_LENGTH)
    source = models.CharField(_("file"), max_length=200, blank=True)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        ordering = ("response_id", "order", "pk")
        verbose_name = _("collecting unit")
        verbose_name_plural = _("collecting units")
        constraints = (models.UniqueConstraint(fields=("response", "name"), name="collected_unit_once"),)

    def __str__(self) -> str:
        return self.name


class CollectedFigure(models.Model):
    """One figure of one unit, out of a returned collection sheet (数据收集表); a later sheet replaces it."""

    unit = models.ForeignKey(CollectedUnit, models.CASCADE, related_name="figures")
    code = models.SlugField(_("code"), max_length=40)
    value = figure_field(_("value"))

    class Meta:
        ordering = ("unit_id", "code")
        verbose_name = _("collected figure")
        verbose_name_plural = _("collected figures")
        constraints = (models.UniqueConstraint(fields=("unit", "code"), name="collected_once_a_unit"),)

    def __str__(self) -> str:
        return f"{self.code} {self.value}"
