"""The key by which a browser seals what somebody typed and had not saved yet.

It is made from the server's secret and the person, so it is the same in every session of theirs and no other
person who signs in at the same machine ever gets it.
"""

from base64 import b64encode

from django.utils.crypto import salted_hmac

from accounts.models import User


def draft_key(user: User) -> str:
    """256 bits in base64."""
    digest = salted_hmac("accounts.draft_keys", str(user.pk), algorithm="sha256").digest()
    return b64encode(digest).decode()
