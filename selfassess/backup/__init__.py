"""One archive with all that a site has, made while people work, and a site made from it again.

``archive`` is the file's form, ``manifest`` what it says of itself, ``contents`` what a database is compared
by; ``sqlite`` and ``postgres`` copy a database and put one in place, both alike; ``making`` and ``restoring``
are what the commands call, ``command`` what these share.
"""
