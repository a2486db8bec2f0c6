"""HD Team: its mapping follows a rename and goes with a deletion."""

from cx_desk.core.mapping import TEAM
from cx_desk.events.guard import guarded
from cx_desk.units.mapping import remove_value, rename_value


@guarded
def after_rename(doc, method=None, old=None, new=None, merge=False):
	rename_value(TEAM, old, new, merge)


@guarded
def on_trash(doc, method=None):
	remove_value(TEAM, doc.name)
