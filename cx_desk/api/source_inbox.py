"""Where survey tools post their answers: /cx/in/<key>. A guest's door: who posts is known by the signature alone.

A page renderer and no whitelisted function: the host would hand the message's own fields to a function as arguments.
"""

import json

from werkzeug.wrappers import Response

import frappe

PATH = "cx/in/"


class SourceInbox:
	"""Answers every request below /cx/in/ in JSON, with the status that fits."""

	def __init__(self, path: str, http_status_code: int | None = None):
		self.path = (path or "").strip("/")

	def can_render(self) -> bool:
		return self.path.startswith(PATH)

	def render(self) -> Response:
		# Every worker loads this module; taking answers needs two dozen more, and only where a tool posts some.
		from cx_desk.surveys import sources

		request = frappe.request
		if request.method != "POST":
			return answer(405, frappe._("Post a signed message here."), {"Allow": "POST"})
		receipt = sources.receive(
			self.path[len(PATH) :],
			request.headers,
			request.get_data(),
			getattr(frappe.local, "request_ip", None) or "",
		)
		return answer(receipt.status, receipt.message)


def answer(status: int, message: str, headers: dict | None = None) -> Response:
	"""A sentence as JSON."""
	return Response(
		json.dumps({"message": message}, ensure_ascii=False),
		status=status,
		headers={"Cache-Control": "no-store", **(headers or {})},
		mimetype="application/json",
	)


def keep_fields_apart() -> None:
	"""The host takes a field 'cmd' of any message for a call of one of its functions; here it is only a field."""
	if frappe.request.path.startswith(f"/{PATH}"):
		frappe.local.form_dict.pop("cmd", None)


def refuse_unreadable(response, request) -> None:
	"""The host refuses a message that is no JSON object with a page of its own, often as 500; a sender gets a sentence.

	Called after each request; looks at requests below /cx/in/ only.
	"""
	if not request.path.startswith(f"/{PATH}") or response.status_code < 400:
		return
	if response.mimetype == "application/json":
		return
	status, message = response.status_code, frappe._("This message cannot be taken.")
	if request.is_json and status != 413:
		status, message = 422, frappe._("The message is no JSON object.")
		try:
			json.loads(request.get_data())
		except (ValueError, RecursionError):
			status, message = 400, frappe._("The message is not JSON.")
	elif status == 413:
		message = frappe._("A message may have 1 MB at most.")
	plain = answer(status, message)
	response.status_code = status
	response.set_data(plain.get_data())
	response.mimetype = "application/json"
