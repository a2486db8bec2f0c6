"""Fetching answers from a tool on this machine: outages, breaks half-way, never twice, never inside the network."""

from datetime import timedelta

import source_kit
import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import now_datetime

from cx_desk.outbound import web
from cx_desk.surveys import sources, triggers


class TestFetch(FrappeTestCase):
	def setUp(self):
		source_kit.sweep()
		kit.sweep()
		kit.switch_on()

	def tearDown(self):
		frappe.db.rollback()
		source_kit.sweep()
		kit.sweep()
		triggers.forget()

	def make(self, tool, kind="Typeform", **values):
		doc = source_kit.source(
			kit.TICKET_SURVEY,
			kind=kind,
			way="Fetch",
			address=tool.url,
			external_survey="1",
			user_name="reader",
			api_key="right",
			**values,
		)
		frappe.db.commit()
		return doc.name

	def kept(self, name):
		return frappe.db.count("CX Source Delivery", {"source": name})

	def state(self, name):
		return frappe.db.get_value(
			"CX Survey Source",
			name,
			["failures", "next_at", "last_error", "cursor", "held_until"],
			as_dict=True,
		)

	def due(self, name):
		"""As if the time to ask again had come."""
		frappe.db.set_value(
			"CX Survey Source", name, "next_at", now_datetime() - timedelta(seconds=1), update_modified=False
		)
		frappe.db.commit()
		sources.fetch_due()

	def test_an_hours_outage_loses_nothing_and_doubles_nothing(self):
		with source_kit.tool() as tool:
			tool.items = [source_kit.typeform_item(number) for number in range(450)]
			name = self.make(tool)
			sources.fetch_due()
			self.assertEqual(self.kept(name), 450)
			# Down for an hour; meanwhile people go on answering.
			tool.down, tool.retry_after = True, "900"
			waits = []
			for _ in range(4):
				self.due(name)
				found = self.state(name)
				waits.append(round((found.next_at - now_datetime()).total_seconds() / 60))
				self.assertIn("503", found.last_error)
			self.assertEqual(waits, [15, 15, 20, 40], "the server's own word, then longer and longer")
			tool.items += [source_kit.typeform_item(number, 0) for number in range(450, 700)]
			tool.down = False
			self.due(name)
			found = self.state(name)
			self.assertEqual((found.failures, found.last_error), (0, None))
			self.assertEqual(self.kept(name), 700)
			sources.take_waiting()
			self.due(name)
			sources.take_waiting()
		responses = frappe.get_all("CX Survey Response", {"survey": kit.TICKET_SURVEY}, pluck="name")
		self.assertEqual(len(responses), 700)

	def test_a_break_half_way_is_made_up_for(self):
		with source_kit.tool() as tool:
			tool.items = [source_kit.typeform_item(number) for number in range(500)]
			name = self.make(tool)
			tool.fail_after = 1
			sources.fetch_due()
			self.assertEqual(self.kept(name), 200, "what was read is kept")
			self.assertFalse(self.state(name).cursor, "a reading that broke off is not taken for a whole one")
			tool.fail_after = None
			self.due(name)
			self.assertEqual(self.kept(name), 500)

	def test_only_what_is_new_is_read_again(self):
		with source_kit.tool() as tool:
			tool.items = [source_kit.typeform_item(number) for number in range(900)]
			name = self.make(tool)
			sources.fetch_due()
			tool.asked.clear()
			self.due(name)
			self.assertEqual(len(tool.asked), 1)
			self.assertIn("since=", tool.asked[0])

	def test_formbricks(self):
		with source_kit.tool() as tool:
			tool.items = [
				{
					"id": f"f{number}",
					"surveyId": "1",
					"finished": number != 7,
					"updatedAt": f"2026-03-01T10:00:{number:02d}.000Z",
					"data": {"q1": 5},
				}
				for number in range(30)
			]
			name = self.make(tool, "Formbricks")
			sources.fetch_due()
			states = frappe.get_all("CX Source Delivery", {"source": name}, pluck="state")
			self.assertEqual((len(states), states.count("Not finished")), (30, 1))
			tool.items[7] |= {"finished": True, "updatedAt": "2026-03-02T10:00:00.000Z"}
			self.due(name)
			self.assertEqual(frappe.db.count("CX Source Delivery", {"source": name, "state": "Waiting"}), 30)

	def test_limesurvey_with_gaps_and_an_answer_finished_later(self):
		with source_kit.tool() as tool:
			tool.items = [
				{"id": str(number), "submitdate": "2026-03-01 10:00:00", "q1": "3"}
				for number in [*range(1, 20), *range(900, 910)]
			]
			tool.items[4]["submitdate"] = None
			name = self.make(tool, "LimeSurvey")
			sources.fetch_due()
			self.assertEqual(self.kept(name), 29)
			self.assertEqual(self.state(name).cursor, "5", "held back by the answer that is not finished")
			tool.items[4]["submitdate"] = "2026-03-02 10:00:00"
			self.due(name)
			self.assertEqual(self.state(name).cursor, "910")
			self.assertEqual(frappe.db.count("CX Source Delivery", {"source": name, "state": "Waiting"}), 29)

	def test_a_wrong_password_is_said(self):
		with source_kit.tool() as tool:
			name = self.make(tool, "LimeSurvey")
			doc = frappe.get_doc("CX Survey Source", name)
			doc.api_key = "wrong password"
			doc.save()
			frappe.db.commit()
			sources.fetch_due()
			self.assertIn("Make a new one", self.state(name).last_error)

	def test_answers_that_are_none(self):
		with source_kit.tool() as tool:
			name = self.make(tool)
			for raw in (b"<html>", b"[]", b'{"items": 5}', b'{"items": [5, {"token": ""}]}', b""):
				tool.raw = raw
				self.due(name)
				self.assertEqual(self.kept(name), 0)
			self.assertIsNone(self.state(name).held_until)

	def test_a_redirect_is_not_followed(self):
		with source_kit.tool() as tool:
			name = self.make(tool)
			tool.redirect = "http://169.254.169.254/latest/meta-data/"
			self.due(name)
			self.assertIn("elsewhere", self.state(name).last_error)

	def test_a_name_that_leads_inside_is_refused_at_the_connection(self):
		with source_kit.tool() as tool:
			port = tool.url.rsplit(":", 1)[1]
			frappe.conf["cx_private_sources"] = []
			# A public name for this very machine: what was typed looks harmless, where it leads does not.
			original = web.check_address
			web.check_address = lambda *_arguments: None
			try:
				with web.Client() as client, self.assertRaises(web.Refused):
					client.ask("GET", f"http://localhost:{port}/")
				with web.Client(("localhost",)) as client:
					client.ask("GET", f"http://localhost:{port}/forms/1/responses", params={"page_size": 1})
			finally:
				web.check_address = original
			self.assertEqual(len(tool.asked), 1, "not a byte was sent to what was refused")

	def test_addresses_inside_in_every_spelling(self):
		inside = (
			*(
				"127.0.0.1",
				"0.0.0.0",  # noqa: S104 (an address that is refused, not one to serve on)
				"10.1.2.3",
				"172.16.0.1",
				"192.168.1.1",
				"169.254.169.254",
				"100.64.0.1",
			),
			*("224.0.0.1", "255.255.255.255", "198.18.0.1"),
			*("::1", "::", "fe80::1%eth0", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
			# IPv4 within IPv6: mapped, compatible, 6to4, Teredo, NAT64.
			*("::ffff:10.0.0.1", "::10.0.0.1", "2002:a00:1::", "2001:0:0:0:0:0:f5ff:fffe"),
			*("64:ff9b::a00:1", "64:ff9b:1::a00:1"),
		)
		self.assertEqual([one for one in inside if web.is_public(one)], [])
		for outside in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"):
			self.assertTrue(web.is_public(outside), outside)

	def test_two_workers_ask_once(self):
		with source_kit.tool() as tool:
			name = self.make(tool)
			self.assertTrue(sources._hold(name))
			self.assertEqual(sources.fetch_due(), 0)
