"""A survey tool outside, for real: an HTTP server on this machine that speaks as Formbricks, Typeform and LimeSurvey do."""

import base64
import json
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import frappe

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests, long enough").decode()
NAME = "Sourcetest"


def source(survey: str, **values):
	"""A source that is on, with the survey's first question as field 'q1'."""
	questions = frappe.get_doc("CX Survey", survey).questions
	frappe.delete_doc_if_exists("CX Survey Source", values.get("source_name", NAME), force=True)
	return frappe.get_doc(
		{
			"doctype": "CX Survey Source",
			"source_name": NAME,
			"kind": "Standard Webhooks",
			"way": "Webhook",
			"enabled": 1,
			"survey": survey,
			"secret": SECRET,
			"fields": [
				{"field": "q1", "meaning": "Question", "question": questions[0].key},
				{"field": "email", "meaning": "E-mail"},
				{"field": "words", "meaning": "Comment"},
				{"field": "ticket", "meaning": "Ticket"},
			],
			**values,
		}
	).insert(ignore_permissions=True)


def sweep() -> None:
	"""Remove what these tests committed."""
	names = frappe.get_all("CX Survey Source", {"name": ["like", f"{NAME}%"]}, pluck="name")
	responses = frappe.get_all(
		"CX Source Delivery", {"source": ["in", names or ["-"]], "response": ["is", "set"]}, pluck="response"
	)
	frappe.db.delete("CX Survey Answer", {"parent": ["in", responses or ["-"]]})
	frappe.db.delete("CX Survey Response", {"name": ["in", responses or ["-"]]})
	for name in names:
		frappe.delete_doc("CX Survey Source", name, force=True, ignore_permissions=True)
	frappe.cache.delete_keys("cx_source_refused:*")
	frappe.db.commit()


def typeform_item(number: int, days_ago: float = 40, score: int = 4) -> dict:
	"""A response as Typeform's API gives it, one second after the one before."""
	at = datetime.now(timezone.utc) - timedelta(days=days_ago, seconds=1000 - number)
	return {
		"token": f"t{number}",
		"submitted_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
		"answers": [{"type": "number", "number": score, "field": {"id": "q1", "type": "rating"}}],
	}


class Tool:
	"""The tool's state: its answers, whether it is down, how often it was asked, and where it breaks off."""

	def __init__(self):
		self.items: list[dict] = []
		self.down = False
		self.asked: list[str] = []
		self.fail_after: int | None = None
		self.retry_after = ""
		self.redirect = ""
		self.raw: bytes | None = None
		self.url = ""


@contextmanager
def tool():
	"""A running tool; its address may be asked although it is inside the network."""
	state = Tool()

	class Handler(BaseHTTPRequestHandler):
		def log_message(self, *_arguments):
			pass

		def send(self, status: int, data: object, headers: dict | None = None):
			body = state.raw if state.raw is not None else json.dumps(data).encode()
			self.send_response(status)
			self.send_header("Content-Type", "application/json")
			self.send_header("Content-Length", str(len(body)))
			for name, value in (headers or {}).items():
				self.send_header(name, value)
			self.end_headers()
			self.wfile.write(body)

		def refuse(self) -> bool:
			state.asked.append(self.path)
			if state.redirect:
				self.send(302, {}, {"Location": state.redirect})
			elif state.down or (state.fail_after is not None and len(state.asked) > state.fail_after):
				self.send(503, {}, {"Retry-After": state.retry_after} if state.retry_after else None)
			else:
				return False
			return True

		def do_GET(self):
			if self.refuse():
				return
			parts = urlsplit(self.path)
			query = {name: values[0] for name, values in parse_qs(parts.query).items()}
			if "/forms/" in parts.path:
				self.send(200, typeform(state.items, query))
			else:
				self.send(200, formbricks(state.items, query))

		def do_POST(self):
			call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
			if call["method"] == "export_responses" and self.refuse():
				return
			self.send(200, {"id": 1, "error": None, "result": limesurvey(state.items, call)})

	server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
	state.url = f"http://127.0.0.1:{server.server_port}"
	threading.Thread(target=server.serve_forever, daemon=True).start()
	allowed = frappe.conf.get("cx_private_sources")
	frappe.conf["cx_private_sources"] = ["127.0.0.1"]
	try:
		yield state
	finally:
		frappe.conf["cx_private_sources"] = allowed
		server.shutdown()
		server.server_close()


def typeform(items: list[dict], query: dict) -> dict:
	"""A page as Typeform orders it: newest first, before a token, since a moment."""
	newest = sorted(items, key=lambda item: item["submitted_at"], reverse=True)
	newest = [item for item in newest if item["submitted_at"] >= query.get("since", "")]
	if "before" in query:
		at = next(place for place, item in enumerate(newest) if item["token"] == query["before"])
		newest = newest[at + 1 :]
	return {"total_items": len(items), "items": newest[: int(query["page_size"])]}


def formbricks(items: list[dict], query: dict) -> dict:
	"""A page as Formbricks orders it: newest change first."""
	newest = sorted(items, key=lambda item: item["updatedAt"], reverse=True)
	start = int(query["skip"])
	return {"data": newest[start : start + int(query["limit"])], "meta": {"total": len(items)}}


def limesurvey(items: list[dict], call: dict) -> object:
	"""What RemoteControl answers."""
	if call["method"] == "get_session_key":
		return "key" if call["params"][1] == "right" else {"status": "Invalid user name or password"}
	if call["method"] != "export_responses":
		return "OK"
	first, last = call["params"][7], call["params"][8]
	rows = [row for row in items if int(row["id"]) >= first and (last is None or int(row["id"]) <= last)]
	if not rows:
		return {"status": "No Response found by survey ID"}
	return base64.b64encode(json.dumps({"responses": rows}).encode()).decode()
