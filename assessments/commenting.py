"""The writer of comments on items (留言): kept as they were written, beside the report."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.standing import standing_of
from assessments.access import comments_for
from assessments.checking import REASON_LIMIT, endless_word_fault
from assessments.models import Response, ResponseComment
from assessments.text import clean_text, has_endless_word


def write_comment(*, response: Response, text: str, by: User) -> ResponseComment:
    """Keep a comment for good, for the office in which the person works on the item.

    The same words sent twice running are one comment. Raises ``PermissionDenied`` for who does not work on
    it, and ``ValidationError`` for an empty text or one of more than 500 characters. Needs ``assessment`` and
    ``assignment`` with ``supporting`` read along.
    """
    organisation_id = comments_for(standing_of(by), response)
    if organisation_id is None:
        raise PermissionDenied
    text = clean_text(text)
    if not text:
        raise ValidationError({"text": _("Write a comment.")})
    if len(text) > REASON_LIMIT:
        raise ValidationError({"text": _("At most 500 characters.")})
    if has_endless_word(text):
        raise ValidationError({"text": endless_word_fault()})
    last = response.comments.filter(author=by).last()
    if last and last.text == text:
        return last  # sent twice
    return ResponseComment.objects.create(
        response=response, organisation_id=organisation_id, author=by, text=text, written_at=timezone.now()
    )
