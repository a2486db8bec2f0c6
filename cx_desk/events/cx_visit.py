"""CX Visit: its host is asked how it was, once the report was shared."""

from cx_desk.events.guard import guarded
from cx_desk.surveys.visits import record_shared


@guarded
def on_update(doc, method=None):
	record_shared(doc)
