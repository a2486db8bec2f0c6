"""CX Visit, CX Conversation, CX Initiative, CX Voice: surveys about them are asked when they come into a state."""

from cx_desk.events.guard import guarded
from cx_desk.surveys.records import is_event, record_event


@guarded(writes=is_event)
def on_update(doc, method=None):
	record_event(doc)
