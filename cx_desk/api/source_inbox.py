"""Where survey tools post their answers: /cx/in/<key>. A guest's door: who posts is known by the signature alone.

A page renderer and no whitelisted function: the host would hand the message's own fields to a function as arguments.
"""

import json

from werkzeug.wrappers import Response

import frappe

from cx_desk.surveys import sources

PATH = "cx/in/"


class SourceInbox:
	"""Answers every request below /cx/in/ in JSON, with the status that fits."""

	def __init__(self, path: str, http_status_code: int | None = None):
		self.path = (path or "").strip("/")

	def can_render(self) -> bool:
		return self.path.startswith(PATH)

	def render(self) -> Response:
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


def refuse_unreadable(response, request) -> None:
	"""The host gives 500 for a message that is not JSON, before any of ours is asked; for a sender that is a 400.

	Called after each request; looks at requests below /cx/in/ only.
	"""
	if not request.path.startswith(f"/{PATH}") or response.status_code < 500 or not request.is_json:
		return
	try:
		body = request.get_data()
		json.loads(body)
	except ValueError:
		plain = answer(400, frappe._("The message is not JSON."))
		response.status_code = plain.status_code
		response.set_data(plain.get_data())
		response.mimetype = "application/json"
