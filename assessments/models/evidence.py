"""What proves the answers (佐证材料). Written by :mod:`assessments.evidence` alone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from assessments.models.assessment import Assessment
from assessments.models.response import Response


class EvidenceKind(models.TextChoices):
    """What sort of proof it is, in the words of offices."""

    DOCUMENT = "document", _("official document")
    RECORD = "record", _("minutes or record")
    STATISTICS = "statistics", _("statistics")
    PHOTO = "photo", _("photo")
    PUBLICITY = "publicity", _("report in the media")
    OTHER = "other", _("other")


class Evidence(models.Model):
    """A piece of evidence in a district's library of one year, cited by any number of its items.

    ``owner`` is the department that brought it, or the district. ``document_number`` is normalised
    (代字〔年份〕序号号) where it could be read as one, else as typed. Without files it is a reference alone.
    ``version`` counts the changes of its description. ``removed`` ones are out of the library and of every
    count, and can be put back.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="evidence")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("department"))
    title = models.CharField(_("title"), max_length=200)
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    issuer = models.CharField(_("issuer"), max_length=100, blank=True)
    dated = models.DateField(_("date"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=EvidenceKind, default=EvidenceKind.DOCUMENT)
    version = models.PositiveIntegerField(_("version"), default=1)
    removed = models.BooleanField(_("removed"), default=False)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        ordering = ("assessment_id", "title", "pk")
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = (models.CheckConstraint(condition=~Q(title=""), name="evidence_has_title"),)

    def __str__(self) -> str:
        return self.title


class EvidenceFile(models.Model):
    """A revision of a piece of evidence: bytes in the storage ``evidence``, and what was known when they
    came. The database refuses to change or delete it.

    ``key`` is the random name in the storage, ``name`` the file's own, made safe. ``format`` is what the
    content is, by :mod:`assessments.evidence.formats`. ``size`` is in bytes. ``operation`` names the upload,
    so that one that is sent again is stored once.
    """

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="files")
    number = models.PositiveIntegerField(_("revision"))
    key = models.CharField(max_length=100, unique=True)
    name = models.CharField(_("file name"), max_length=200)
    format = models.CharField(_("format"), max_length=8)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    operation = models.UUIDField(null=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        ordering = ("evidence_id", "number")
        constraints = (
            models.UniqueConstraint(fields=("evidence", "number"), name="evidence_file_revision_once"),
            models.UniqueConstraint(
                fields=("operation",),
                condition=Q(operation__isnull=False),
                name="evidence_file_operation_once",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="evidence_file_not_empty"),
        )

    def __str__(self) -> str:
        return self.name


class EvidenceUse(models.Model):
    """That an item cites a piece of evidence.

    ``department`` is the one that cites it: the lead, a supporting one beside its contribution, or the
    district. ``material`` is the required material that it is, by the name that the framework gives it, ""
    where it is none. ``passage`` says where it proves the point: a page, a paragraph.
    """

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="uses")
    response = models.ForeignKey(Response, models.PROTECT, related_name="evidence_uses")
    department = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    material = models.CharField(_("required material"), max_length=200, blank=True)
    passage = models.CharField(_("page or passage"), max_length=200, blank=True)
    order = models.PositiveIntegerField(_("order"))
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        ordering = ("response_id", "order", "pk")
        constraints = (
            models.UniqueConstraint(fields=("evidence", "response", "material"), name="evidence_use_once"),
        )

    def __str__(self) -> str:
        return f"{self.evidence} → {self.response}"


class Erasure(models.Model):
    """That the bytes of a file must go or are gone (涉密, pupils' data).

    The district's coordinator and its administrator ask and confirm, either first; two different people.
    From then on the bytes are nobody's to read; this row, the hash and the names stay.
    """

    file = models.OneToOneField(EvidenceFile, models.PROTECT, related_name="erasure")
    reason = models.CharField(_("reason"), max_length=500)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="erasure_has_reason"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                    & ~Q(confirmed_by=models.F("asked_by"))
                ),
                name="erasure_by_two",
            ),
        )

    def __str__(self) -> str:
        return self.reason
