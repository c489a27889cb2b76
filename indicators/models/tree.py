"""The weighted tree: Section > optional Group > Item. Only items carry weight.

``key`` is a node's identity: a copy keeps it, so that two versions can be compared and an open cycle moved
to a correction. ``profiles`` names the kinds of district that a node is for; empty means all of them.
Points have two decimals.
"""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators.models.framework import Framework, points_field
from indicators.schema_faults import problems_in_words
from indicators.scoring.measures import MeasureKind
from indicators.scoring.rules import InvalidRules, Rule, parse_rules
from indicators.wording import describe_rule


def key_field() -> "models.UUIDField[uuid.UUID, uuid.UUID]":
    return models.UUIDField(_("identity"), default=uuid.uuid4, editable=False)


def profiles_field() -> "models.JSONField[list[str], list[str]]":
    return models.JSONField(_("only for"), default=list, blank=True)


class Section(models.Model):
    """A first-level indicator (一级指标). Its weight is the sum of its items'; a draft may state another.

    ``label`` is its number where the framework prints one of its own (A1); ``note`` is said of the whole.
    """

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="sections")
    key = key_field()
    order = models.PositiveSmallIntegerField(_("order"))
    label = models.CharField(_("label"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=200)
    stated_weight = points_field(_("stated weight"), null=True, blank=True)
    profiles = profiles_field()
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ("framework", "order")
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = (
            models.UniqueConstraint(fields=("framework", "order"), name="section_order"),
            models.UniqueConstraint(fields=("framework", "key"), name="section_key"),
            models.CheckConstraint(
                condition=Q(stated_weight__isnull=True) | Q(stated_weight__gte=0),
                name="section_stated_weight",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Group(models.Model):
    """An optional second level (二级指标) between section and item."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="groups")
    key = key_field()
    order = models.PositiveSmallIntegerField(_("order"))
    label = models.CharField(_("label"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=200)
    stated_weight = points_field(_("stated weight"), null=True, blank=True)
    profiles = profiles_field()

    class Meta:
        ordering = ("section", "order")
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = (
            models.UniqueConstraint(fields=("section", "order"), name="group_order"),
            models.UniqueConstraint(fields=("section", "key"), name="group_key"),
            models.CheckConstraint(
                condition=Q(stated_weight__isnull=True) | Q(stated_weight__gte=0), name="group_stated_weight"
            ),
        )

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    """A scored item (三级指标, 观测点). ``label`` is its number as printed: free text.

    ``weight`` is its most points, 0 where it is only checked; of a ``bonus`` item the most it can add,
    outside the total. A ``committee_only`` item is not self-assessed. ``rule_prose`` is the scoring rule as
    published, ``rules`` what of it is data; ``responsible`` the offices the framework names (责任单位).
    """

    section = models.ForeignKey(Section, models.CASCADE, related_name="items")
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="items")
    order = models.PositiveSmallIntegerField(_("order"))
    key = key_field()
    label = models.CharField(_("label"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    requirement = models.TextField(_("requirement"), blank=True)
    weight = points_field(_("weight"))
    bonus = models.BooleanField(_("bonus item"), default=False)
    committee_only = models.BooleanField(_("scored by the committee only"), default=False)
    na_allowed = models.BooleanField(_("may be not applicable"), default=False)
    profiles = profiles_field()
    responsible = models.CharField(_("responsible offices"), max_length=200, blank=True)
    rule_prose = models.TextField(_("scoring rule as published"), blank=True)
    rules = models.JSONField(_("scoring rules"), default=list, blank=True)

    class Meta:
        ordering = ("section", "order")
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = (
            models.UniqueConstraint(fields=("section", "order"), name="item_order"),
            models.UniqueConstraint(fields=("section", "key"), name="item_key"),
            models.CheckConstraint(
                condition=Q(weight__gte=0),
                name="item_weight",
                violation_error_message=_("A weight is 0 or more."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    def clean(self) -> None:
        try:
            self.parsed_rules()
        except InvalidRules as problem:
            raise ValidationError({"rules": problems_in_words(problem)}) from problem
        if self.group and self.group.section_id != self.section_id:
            raise ValidationError({"group": _("The group belongs to another section.")})

    def parsed_rules(self) -> tuple[Rule, ...]:
        """The rules as values. Raises :class:`indicators.scoring.rules.InvalidRules`."""
        return parse_rules(self.rules)

    def measure_names(self) -> dict[str, str]:
        """Names of the item's figures by code. One query unless prefetched."""
        return {measure.code: measure.name for measure in self.measures.all()}

    def rules_in_words(self) -> list[str]:
        """How points are lost, a sentence a rule, in the reader's language."""
        names = self.measure_names()
        return [describe_rule(rule, names) for rule in self.parsed_rules()]


class MeasureType(models.TextChoices):
    """How a figure is given; see :class:`indicators.scoring.measures.MeasureKind`."""

    NUMBER = MeasureKind.NUMBER.value, _("number")
    COUNT = MeasureKind.COUNT.value, _("count")
    YES_NO = MeasureKind.YES_NO.value, _("yes or no")
    MET = MeasureKind.MET.value, _("met, partly met or unmet")


class Measure(models.Model):
    """A figure that an item's rules need (数据指标): its code in the rules, its name and unit."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="measures")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=MeasureType, default=MeasureType.NUMBER)

    class Meta:
        ordering = ("item", "id")
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        constraints = (models.UniqueConstraint(fields=("item", "code"), name="measure_code"),)

    def __str__(self) -> str:
        return self.name


class Material(models.Model):
    """A piece of evidence that an item must have (佐证材料清单)."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="materials")
    order = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        ordering = ("item", "order")
        verbose_name = _("required material")
        verbose_name_plural = _("required materials")
        constraints = (models.UniqueConstraint(fields=("item", "order"), name="material_order"),)

    def __str__(self) -> str:
        return self.name
