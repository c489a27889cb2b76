"""What a page needs to keep in the browser what is typed."""

from django import template

from accounts import draft_keys

register = template.Library()

register.filter("draft_key", draft_keys.draft_key)
