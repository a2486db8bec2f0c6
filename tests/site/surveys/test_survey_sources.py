"""Answers of tools outside by webhook, over HTTP: signed, repeated, forged, old, malformed, too large; and what becomes of them."""

import json
import time

import source_kit
import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, now_datetime

from cx_desk.core import ledger, webhook_signatures
from cx_desk.surveys import source_setup, sources, triggers


class TestWebhooks(FrappeTestCase):
	def setUp(self):
		source_kit.sweep()
		kit.sweep()
		kit.switch_on()
		self.source = source_kit.source(kit.TICKET_SURVEY)
		kit.person("ann")
		frappe.db.commit()

	def tearDown(self):
		frappe.db.rollback()
		source_kit.sweep()
		kit.sweep()
		triggers.forget()

	def message(self, identity="a1", **values):
		return {"type": "answered", "data": {"id": identity, "q1": 4, **values}}

	def post(
		self,
		message,
		*,
		body=None,
		at=None,
		key=None,
		signature=None,
		message_id="msg_1",
		path=None,
		**headers,
	):
		body = json.dumps(message).encode() if body is None else body
		at = int(time.time()) if at is None else at
		key = key or webhook_signatures.key_of(source_kit.SECRET)
		signed = signature or webhook_signatures.sign_standard(key, message_id, at, body)
		return kit.http(
			"POST",
			path or f"/cx/in/{self.source.inbox_key}",
			data=body,
			headers={
				"webhook-id": message_id,
				"webhook-timestamp": str(at),
				"webhook-signature": signed,
				"Content-Type": "application/json",
				**headers,
			},
		)

	def deliveries(self):
		frappe.db.rollback()
		return frappe.get_all(
			"CX Source Delivery",
			{"source": self.source.name},
			["name", "external_id", "state", "reason", "response", "content"],
			order_by="external_id",
		)

	def take(self):
		frappe.db.rollback()
		return sources.take_waiting()

	def test_a_good_one_counts_once_however_often_it_comes(self):
		before = frappe.db.count("CX Survey Response")
		self.assertEqual(self.post(self.message()).status_code, 202)
		self.assertEqual(self.post(self.message()).status_code, 200)
		self.take()
		self.assertEqual(self.post(self.message(), message_id="msg_2").status_code, 200)
		self.take()
		(row,) = self.deliveries()
		response = frappe.get_doc("CX Survey Response", row.response)
		self.assertEqual((row.state, response.score, response.channel), ("Taken", 4, "Source"))
		self.assertFalse(row.content)
		self.assertEqual(frappe.db.count("CX Survey Response"), before + 1)

	def test_what_is_not_signed_right_is_refused_alike_and_leaves_nothing(self):
		good = self.message()
		cases = {
			"another secret": self.post(good, key=b"x" * 30),
			"no signature": self.post(good, signature=" "),
			"body changed": self.post(good, signature="v1,AAAA"),
			"unknown address": self.post(good, path="/cx/in/0123456789abcdefghij"),
			"odd address": self.post(good, path="/cx/in/../x y"),
		}
		texts = set()
		for name, response in cases.items():
			with self.subTest(name):
				self.assertIn(response.status_code, (401, 404))
				texts.add((response.status_code, response.get_data(as_text=True)))
		self.assertEqual(len([text for status, text in texts if status == 401]), 1)
		self.assertEqual(self.deliveries(), [])

	def test_a_replay_of_yesterday_is_refused(self):
		for at in (int(time.time()) - 86400, int(time.time()) + 3600):
			response = self.post(self.message(), at=at)
			self.assertEqual(response.status_code, 401)
			self.assertIn("clock", response.get_json()["message"])
		self.assertEqual(self.deliveries(), [])

	def test_malformed_messages_get_a_sentence_and_a_4xx(self):
		cases = {
			b"{not json": 400,
			b"": 400,
			b"[1, 2]": 422,
			b'"text"': 422,
			b"null": 422,
			b'{"data": 5}': 422,
			b'{"data": {"q1": 4}, "cmd": "frappe.ping"}': 202,
			("[" * 5000 + "]" * 5000).encode(): 400,
			b'{"data": {"id": "' + b"x" * 300 + b'"}}': 422,
			b"\xff\xfe\x00": 400,
		}
		for body, status in cases.items():
			with self.subTest(body[:40]):
				response = self.post(None, body=body)
				self.assertEqual(response.status_code, status, response.get_data(as_text=True)[:200])
				self.assertIn("message", response.get_json() or {})
		self.assertEqual(len(self.deliveries()), 1)

	def test_ten_megabytes_are_refused_before_they_are_read_as_a_message(self):
		body = json.dumps({"data": {"id": "1", "words": "x" * 10_000_000}}).encode()
		response = self.post(None, body=body)
		self.assertEqual(response.status_code, 413)
		self.assertEqual(self.deliveries(), [])

	def test_only_posts(self):
		response = kit.http("GET", f"/cx/in/{self.source.inbox_key}")
		self.assertEqual((response.status_code, response.headers["Allow"]), (405, "POST"))

	def test_after_many_refusals_an_address_is_told_to_wait_and_the_tool_is_still_heard(self):
		claimed = {"X-Forwarded-For": "203.0.113.7"}
		statuses = [self.post(self.message(), key=b"x" * 30, **claimed).status_code for _ in range(65)]
		self.assertEqual((statuses[0], statuses[-1], set(statuses)), (401, 429, {401, 429}))
		# Anybody can claim the tool's address; nobody but the tool can sign.
		self.assertEqual(self.post(self.message(), **claimed).status_code, 202)
		source_kit.sweep()

	def test_a_source_that_is_off_keeps_nothing(self):
		frappe.db.set_value("CX Survey Source", self.source.name, "enabled", 0)
		frappe.db.commit()
		self.assertEqual(self.post(self.message()).status_code, 403)
		self.assertEqual(self.deliveries(), [])

	def test_who_and_about_what(self):
		doc = kit.ticket()
		frappe.db.commit()
		self.post(self.message("a", ticket=f"#{doc.name}", email="Ann@surveytest.example", words="Thanks"))
		self.take()
		(row,) = self.deliveries()
		response = frappe.get_doc("CX Survey Response", row.response)
		self.assertEqual((response.event_name, response.unit), (str(doc.name), doc.cx_business_unit))
		self.assertEqual(response.respondent_key, ledger.address_key("ann@surveytest.example"))
		self.assertEqual(response.comment, "Thanks")

	def test_what_cannot_be_taken_waits_whole_and_is_taken_after_mending(self):
		self.post(self.message("a", q1="A4", words="Better than before"))
		self.post(self.message("b", q1=5, ticket="99999999"))
		self.post(self.message("c", q1=9))
		self.take()
		reasons = {row.external_id: (row.state, row.reason) for row in self.deliveries()}
		self.assertEqual({state for state, _why in reasons.values()}, {"Not taken"})
		self.assertIn("“A4” is not a point", reasons["a"][1])
		self.assertIn("no ticket 99999999", reasons["b"][1])
		self.assertIn("“9” is not a point", reasons["c"][1])
		self.assertEqual(frappe.db.count("CX Survey Response", {"survey": kit.TICKET_SURVEY}), 0)
		doc = frappe.get_doc("CX Survey Source", self.source.name)
		doc.fields[0].words = "A4 = 4"
		doc.save()
		frappe.db.commit()
		self.assertEqual(sources.try_again(doc.name), 3)
		sources.take_waiting()
		states = {row.external_id: row.state for row in self.deliveries()}
		self.assertEqual(states, {"a": "Taken", "b": "Not taken", "c": "Not taken"})

	def test_the_desks_own_people_are_not_counted(self):
		agent = f"sourcetest.agent@{kit.DOMAIN}"
		if not frappe.db.exists("User", agent):
			user = frappe.get_doc(
				{"doctype": "User", "email": agent, "first_name": "Agent", "send_welcome_email": 0}
			)
			user.insert(ignore_permissions=True).add_roles("Agent")
			self.addCleanup(frappe.db.commit)
			self.addCleanup(frappe.delete_doc, "User", agent, force=True, ignore_permissions=True)
			frappe.db.commit()
		self.post(self.message("a", email=agent))
		self.take()
		self.assertIn("of the desk", self.deliveries()[0].reason)

	def test_answers_wait_until_a_field_is_a_question(self):
		frappe.db.delete("CX Source Field", {"parent": self.source.name})
		frappe.db.commit()
		self.post(self.message("a", words="x"))
		self.assertEqual(sum(self.take().values()), 0)
		doc = frappe.get_doc("CX Survey Source", self.source.name)
		seen = {row["field"]: row for row in source_setup.fields_seen(doc)}
		self.assertEqual(seen["q1"]["example"], "4")
		key = frappe.get_doc("CX Survey", kit.TICKET_SURVEY).questions[0].key
		doc.append("fields", {"field": "q1", "meaning": "Question", "question": key})
		doc.save()
		frappe.db.commit()
		self.assertEqual(self.take(), {"Taken": 1})

	def test_an_answer_that_is_finished_later_counts_then(self):
		self.post(self.message("a", finished=False))
		self.assertEqual(self.take(), {})
		self.assertEqual(self.deliveries()[0].state, "Not finished")
		self.post(self.message("a", finished=True))
		self.assertEqual(self.take(), {"Taken": 1})

	def test_an_old_answer_counts_but_sends_nobody_after_it(self):
		old = add_days(now_datetime(), -60).isoformat()
		self.post({"data": {"id": "old", "q1": 1, "answered_at": old}})
		self.post(self.message("new", q1=1))
		self.take()
		acts = {
			row.external_id: frappe.db.get_value("CX Survey Response", row.response, "act_state")
			for row in self.deliveries()
		}
		self.assertEqual(acts, {"old": "Nothing to do", "new": "Pending"})

	def test_typeforms_own_signature(self):
		frappe.db.set_value("CX Survey Source", self.source.name, "kind", "Typeform")
		frappe.db.commit()
		body = json.dumps({"form_response": {"form_id": "f", **source_kit.typeform_item(1)}}).encode()
		key = webhook_signatures.key_of(source_kit.SECRET)
		good = {"Typeform-Signature": webhook_signatures.sign_typeform(key, body)}
		self.assertEqual(self.post(None, body=body, **good).status_code, 202)
		self.assertEqual(self.post(None, body=body).status_code, 401)
		self.assertEqual(self.post(None, body=body + b" ", **good).status_code, 401)


class TestSetup(FrappeTestCase):
	def setUp(self):
		kit.switch_on()

	def tearDown(self):
		frappe.db.rollback()
		triggers.forget()

	def refused(self, words, **values):
		with self.assertRaisesRegex(frappe.ValidationError, words):
			source_kit.source(kit.TICKET_SURVEY, **values)

	def test_what_is_refused_and_why(self):
		self.refused("Choose the way 'Fetch'", kind="LimeSurvey")
		self.refused("Only Formbricks", way="Fetch")
		self.refused("Fill in the shared secret", secret="")
		self.refused("shorter than 24", secret="x" * 23)
		self.refused("not base64", secret="whsec_" + "!" * 40)
		fetched = {"kind": "Typeform", "way": "Fetch", "external_survey": "f1", "api_key": "k" * 20}
		self.refused("no web address", **fetched, address="ftp://x.example")
		self.refused("https://", **fetched, address="http://tool.example")
		for inside in (
			"https://localhost",
			"https://127.0.0.1",
			"https://10.1.2.3",
			"https://[::1]",
			"https://169.254.169.254",
		):
			self.refused("inside your own network", **fetched, address=inside)
		self.refused("number of the survey", **{**fetched, "external_survey": " "})
		self.refused("Ask every 5 minutes", **fetched, every_minutes=1)
		self.refused("API key", **{**fetched, "api_key": ""})
		field = {"field": "x", "meaning": "Question", "question": "no such"}
		self.refused("Row 1: .*no such.* is no question", fields=[field])
		key = frappe.get_doc("CX Survey", kit.TICKET_SURVEY).questions[0].key
		twice = [{"field": name, "meaning": "Question", "question": key} for name in "ab"]
		self.refused("Row 2: another field", fields=twice)
		self.refused("has no =", fields=[{"field": "a", "meaning": "Comment", "words": "A1 1"}])

	def test_a_question_may_be_named_by_its_words(self):
		question = frappe.get_doc("CX Survey", kit.TICKET_SURVEY).questions[0]
		doc = source_kit.source(
			kit.TICKET_SURVEY, fields=[{"field": "a", "meaning": "Question", "question": question.question}]
		)
		self.assertEqual(doc.fields[0].question, question.key)


class TestChoosingASurvey(FrappeTestCase):
	def tearDown(self):
		frappe.db.rollback()
		triggers.forget()

	def test_a_survey_that_is_off_can_be_chosen_and_an_anonymous_one_cannot(self):
		from cx_desk.api.surveys import find_surveys

		for name, privacy in (("Surveytest off", "Named"), ("Surveytest nobody", "Anonymous")):
			frappe.get_doc(
				{
					"doctype": "CX Survey",
					"survey_name": name,
					"kind": "Relationship",
					"privacy": privacy,
					"subject": "x",
					"questions": [{"question": "How is it?", "question_type": "CSAT"}],
				}
			).insert()
		found = [
			row[0] for row in find_surveys("CX Survey", "Surveytest", "name", 0, 20, {"not_anonymous": 1})
		]
		self.assertEqual(found, ["Surveytest off"])
		self.assertEqual(len(find_surveys("CX Survey", "Surveytest", "name", 0, 20)), 2)
