"""CX Visit, CX Conversation, CX Initiative, CX Voice: surveys about them are asked when they come into a state."""

from cx_desk.events.guard import guarded, reads_only
from cx_desk.surveys.records import is_event, record_event


@guarded(writes=is_event)
def on_update(doc, method=None):
	record_event(doc)


@guarded(writes=reads_only)
def onload(doc, method=None):
	# A form is loaded far less often than a record is saved: the asking part waits until then.
	from cx_desk.surveys import record_asking

	doc.set_onload("may_ask", record_asking.may_ask(doc))
