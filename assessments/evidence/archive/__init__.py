"""Evidence as an office hands it over: a folder for each item, a list of contents, hashes, in one ZIP.

``listing`` says what is in it for a person, ``boxes`` how the paper goes into boxes; ``contents`` and
``manifest`` write the lists, ``streaming`` the ZIP, piece by piece.
"""
