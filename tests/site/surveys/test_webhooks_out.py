"""The host's Webhook and Notification hear of invitations, answers and voices; a receiver checks the signature."""

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch

import card_kit
import survey_kit
import unit_kit as kit

import frappe
from frappe.integrations.doctype.webhook import flush_webhook_execution_queue
from frappe.tests.utils import FrappeTestCase

from cx_desk.surveys import announcing, triggers
from cx_desk.units import voices

SECRET = "kit-secret"  # noqa: S105
HEADER = "X-Frappe-Webhook-Signature"


@contextmanager
def receiver():
	"""A server on this machine that keeps what it gets: (headers, body)."""
	got = []

	class Handler(BaseHTTPRequestHandler):
		def do_POST(self):
			got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
			self.send_response(200)
			self.end_headers()
			self.wfile.write(b"ok")

		def log_message(self, *_args):
			"""Silent."""

	server = HTTPServer(("127.0.0.1", 0), Handler)
	thread = threading.Thread(target=server.serve_forever, daemon=True)
	thread.start()
	try:
		yield f"http://127.0.0.1:{server.server_port}/hook", got
	finally:
		server.shutdown()
		server.server_close()


def is_signed(headers, body, secret=SECRET) -> bool:
	"""What docs/reference/api.md tells a receiver to do."""
	wanted = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
	return hmac.compare_digest(wanted, headers.get(HEADER, ""))


class TestWebhooksOut(FrappeTestCase):
	def setUp(self):
		# The host commits after each call of a webhook; nothing of this may stay for the tests that come next.
		commit = patch.object(frappe.db, "commit")
		commit.start()
		self.addCleanup(commit.stop)
		survey_kit.switch_on()
		survey_kit.empty()
		kit.make_tree()
		card_kit.make_survey()
		frappe.db.set_global(announcing.MARK, "")
		frappe.cache.delete_value("webhooks")

	def tearDown(self):
		frappe.db.rollback()
		frappe.local._webhook_queue = []
		frappe.cache.delete_value("webhooks")
		frappe.cache.delete_value("notifications")
		triggers.forget()
		frappe.clear_document_cache("CX Survey", card_kit.SURVEY)

	def hook(self, url, doctype, event="after_insert", fields=("name",), condition=None):
		doc = frappe.get_doc(
			{
				"doctype": "Webhook",
				"name": f"Kit hook {doctype}",
				"webhook_doctype": doctype,
				"webhook_docevent": event,
				"request_url": url,
				"request_method": "POST",
				"request_structure": "JSON",
				"webhook_json": json.dumps({field: "{{ doc." + field + " or '' }}" for field in fields}),
				"condition": condition,
				"enable_security": 1,
				"webhook_secret": SECRET,
				"enabled": 1,
			}
		).insert()
		announcing.tell_changes()
		return doc

	def look(self):
		told = announcing.tell_changes()
		flush_webhook_execution_queue()
		return told

	def test_an_answer_reaches_the_receiver_signed_and_once(self):
		with receiver() as (url, got):
			self.hook(url, "CX Survey Response", fields=("name", "survey", "score", "comment"))
			name = card_kit.give(1, 2, comment="Too slow")
			self.assertEqual(self.look(), 1)
			self.assertEqual(self.look(), 0, "nothing new, nothing told")
		((headers, body),) = got
		self.assertEqual(
			json.loads(body),
			{"name": name, "survey": card_kit.SURVEY, "score": "2", "comment": "Too slow"},
		)
		self.assertTrue(is_signed(headers, body))
		self.assertFalse(is_signed(headers, body + b" "))
		self.assertFalse(is_signed(headers, body, "another secret"))

	def test_what_was_there_before_is_not_told(self):
		card_kit.give(1, 2)
		with receiver() as (url, got):
			self.hook(url, "CX Survey Response")
			self.look()
		self.assertLessEqual(len(got), 1)

	def test_nobody_listens_nothing_is_read(self):
		card_kit.give(1, 2)
		with survey_kit.count_queries() as statements:
			self.assertEqual(announcing.tell_changes(), 0)
		self.assertFalse([text for text in statements if "tabCX Survey" in text])

	def test_an_invitation_is_told_when_it_is_written_and_when_it_changes(self):
		with receiver() as (url, got):
			self.hook(url, "CX Survey Invitation", "on_update", ("name", "status", "token_hash"))
			found, _token = survey_kit.asked("hooked")
			self.look()
			frappe.db.set_value("CX Survey Invitation", found.name, "status", "Sent")
			self.look()
		said = [json.loads(body) for _headers, body in got]
		self.assertEqual([each["status"] for each in said], ["Queued", "Sent"])
		self.assertEqual({each["token_hash"] for each in said}, {""})

	def test_a_confidential_answer_goes_out_without_its_words(self):
		survey = card_kit.make_survey("Confidential", "Card kit confidential")
		with receiver() as (url, got):
			self.hook(
				url, "CX Survey Response", fields=("name", "survey", "comment", "respondent_key", "answers")
			)
			card_kit.give(1, 2, comment="A secret", survey=survey)
			self.look()
		((_headers, body),) = got
		self.assertNotIn(b"secret", body)
		said = json.loads(body)
		self.assertEqual((said["survey"], said["comment"], said["respondent_key"]), (survey, "", ""))
		self.assertEqual(said["answers"], "")

	def test_a_voice_is_a_document_and_fires_by_itself(self):
		with receiver() as (url, got):
			self.hook(url, "CX Voice", fields=("name", "kind"), condition="not doc.confidential")
			voices.hear("Said", "The printer again", unit=kit.RETAIL, source_email="v@firm.example")
			voices.hear(
				"Said", "Not for outside", unit=kit.RETAIL, source_email="w@firm.example", confidential=True
			)
			flush_webhook_execution_queue()
		self.assertEqual([json.loads(body)["kind"] for _headers, body in got], ["Said"])
		self.assertTrue(is_signed(*got[0]))

	def watch(self, doctype, field, condition=None):
		return frappe.get_doc(
			{
				"doctype": "Notification",
				"name": f"Kit change of {field}",
				"subject": "Changed",
				"document_type": doctype,
				"event": "Value Change",
				"value_changed": field,
				"channel": "System Notification",
				"condition": condition,
				"message": "Look",
				"enabled": 1,
				"recipients": [{"receiver_by_role": "CX Manager"}],
			}
		).insert()

	def told(self, name):
		return frappe.db.count(
			"Notification Log", {"document_name": name, "for_user": "hook.reader@desk.example"}
		)

	def test_a_change_of_value_is_told_of_once_and_only_that(self):
		kit.make_user("hook.reader@desk.example", "CX Manager")
		self.watch("CX Survey Invitation", "status")
		announcing.tell_changes()
		found, _token = survey_kit.asked("watched")
		self.look()
		self.assertEqual(self.told(found.name), 0, "it is new, nothing has changed")
		frappe.db.set_value("CX Survey Invitation", found.name, "status", "Sent")
		self.look()
		self.assertEqual(self.told(found.name), 1)
		frappe.db.set_value("CX Survey Invitation", found.name, "delivery", "something else")
		self.look()
		self.assertEqual(self.told(found.name), 1, "another field")
		frappe.db.set_value("CX Survey Invitation", found.name, "status", "Answered")
		self.look()
		self.assertEqual(self.told(found.name), 2)
		kept = frappe.db.get_value("CX Survey Invitation", found.name, "announced")
		self.assertNotIn("Answered", kept)

	def test_a_value_that_is_emptied_has_changed(self):
		kit.make_user("hook.reader@desk.example", "CX Manager")
		self.watch("CX Survey Response", "low")
		self.watch("CX Survey Response", "comment")
		announcing.tell_changes()
		name = card_kit.give(1, 1, comment="Slow")
		self.look()
		frappe.db.set_value("CX Survey Response", name, {"low": 0, "comment": None})
		self.look()
		self.assertEqual(self.told(name), 2)

	def test_what_was_written_before_is_noted_first(self):
		kit.make_user("hook.reader@desk.example", "CX Manager")
		found, _token = survey_kit.asked("earlier")
		self.watch("CX Survey Invitation", "status")
		announcing.tell_changes()
		for status in ("Sent", "Answered"):
			frappe.db.set_value("CX Survey Invitation", found.name, "status", status)
			self.look()
		self.assertEqual(self.told(found.name), 1)

	def test_a_notification_hears_of_an_answer(self):
		reader = kit.make_user("hook.reader@desk.example", "CX Manager")
		frappe.get_doc(
			{
				"doctype": "Notification",
				"name": "Kit notification",
				"subject": "A low answer",
				"document_type": "CX Survey Response",
				"event": "New",
				"channel": "System Notification",
				"condition": "doc.low",
				"message": "Look",
				"enabled": 1,
				"recipients": [{"receiver_by_role": "CX Manager"}],
			}
		).insert()
		announcing.tell_changes()
		name = card_kit.give(1, 1)
		card_kit.give(2, 5)
		self.look()
		found = frappe.get_all(
			"Notification Log",
			filters={"document_type": "CX Survey Response", "for_user": reader},
			pluck="document_name",
		)
		self.assertEqual(found, [name])
