"""What the mails of an initiative hold: each in its reader's language, with a link only for who has a page."""

from email import message_from_string, policy

import initiative_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.initiatives import news

SUPPLIER = "lena@initiativetest-supplier.example"


class TestMails(FrappeTestCase):
	def setUp(self):
		self.world = kit.World()
		kit.without_commits(self)
		frappe.db.savepoint("cx_case")
		self.name = kit.start(self.world)
		kit.hand_in(self.name)

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="cx_case")

	def texts(self, doctype: str, name: str) -> dict[str, str]:
		"""Recipient -> plain text of the mails that a record sent."""
		found = {}
		rows = frappe.get_all(
			"Email Queue", {"reference_doctype": doctype, "reference_name": name}, pluck="name"
		)
		for row in rows:
			queue = frappe.get_doc("Email Queue", row)
			mail = message_from_string(queue.message, policy=policy.default)
			part = mail.get_body(("plain",))
			found[queue.recipients[0].recipient] = part.get_content()
		return found

	def question(self, audience: str, email: str) -> str:
		return (
			frappe.get_doc(
				{
					"doctype": "CX Open Question",
					"initiative": self.name,
					"question": f"How many turnstiles does {email} know?",
					"audience": audience,
					"addressee_email": email,
					"due": kit.in_days(5),
				}
			)
			.insert()
			.name
		)

	def test_only_who_has_a_page_gets_a_link(self):
		asked = self.question("Supplier", SUPPLIER)
		text = self.texts("CX Open Question", asked)[SUPPLIER]
		self.assertNotIn("/cx/i/", text)
		self.assertIn("simply answer this mail", text)
		asked = self.question("Business", kit.CONTACT)
		self.assertIn("/cx/i/", self.texts("CX Open Question", asked)[kit.CONTACT])

	def test_news_is_framed_in_each_readers_language(self):
		frappe.get_doc(
			{
				"doctype": "User",
				"email": kit.SPONSOR,
				"first_name": "Sven",
				"language": "de",
				"user_type": "Website User",
				"send_welcome_email": 0,
			}
		).insert()
		row = frappe.get_doc(
			{
				"doctype": "CX Announcement",
				"initiative": self.name,
				"title": "It comes",
				"subject": "Your new portal",
				"message": "On Monday.",
				"audience": "Stakeholders",
			}
		).insert()
		kit.as_user(self.world.manager, news.approve, row.name)
		kit.as_user(self.world.manager, news.send, row.name)
		texts = self.texts("CX Announcement", row.name)
		self.assertIn("You can simply answer", texts[kit.CONTACT])
		self.assertIn("Sie können einfach", texts[kit.SPONSOR])
		links = {text[text.index("/cx/i/") :].split()[0] for text in texts.values()}
		self.assertEqual(len(links), 2)
