"""What saving is compared with: the least that a signed-in Django view can do to store something.

An app, a URLconf and settings of their own on top of the product's; the product knows nothing of them.
"""
