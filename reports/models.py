"""The report's own prose: what no response holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models import Assessment


class ReportProse(models.Model):
    """Title, addressee, preamble and chapters two to four of one assessment's report.

    Chapters are plain text as people type it: 「(一)标题」 lines begin a passage, 「1.」 a numbered
    paragraph; :func:`reports.read.prose.read_chapter` reads them. The preamble may name the placeholders
    of :mod:`reports.compose`, so that its figures follow the scores. Without an ``issuer`` the district's
    government signs. ``version`` counts the saves.
    """

    assessment = models.OneToOneField(
        Assessment, models.PROTECT, related_name="prose", verbose_name=_("assessment")
    )
    title = models.CharField(_("title"), max_length=200)
    addressee = models.CharField(_("addressee"), max_length=200)
    preamble = models.TextField(_("preamble"), blank=True)
    experience = models.TextField(_("experience"), blank=True)
    problems = models.TextField(_("problems"), blank=True)
    improvements = models.TextField(_("improvements"), blank=True)
    issuer = models.CharField(_("issued by"), max_length=100, blank=True)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    signatory = models.CharField(_("signed off by"), max_length=40, blank=True)
    issued_on = models.DateField(_("date of issue"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(_("saved at"), null=True, blank=True)

    class Meta:
        verbose_name = _("report prose")
        verbose_name_plural = _("report prose")

    def __str__(self) -> str:
        return self.title
