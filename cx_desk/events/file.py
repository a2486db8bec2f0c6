"""File: an export of our records that the host makes in the background is made safe before anybody opens it."""

from cx_desk.events.guard import guarded
from cx_desk.host import exports


@guarded(writes=exports.made_in_background)
def after_insert(doc, method=None):
	if exports.made_in_background(doc):
		exports.neutralise_file(doc)
