"""Redis down, mail down: tickets close all the same, every event is in the ledger, all is sent once things are back."""

import sys
from pathlib import Path
from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import now_datetime

sys.path.insert(0, str(Path(__file__).parent))
import fault_kit
from smtp_catcher import SmtpCatcher

from cx_desk.core import bounces, ledger
from cx_desk.surveys import delivery, people, triggers
from cx_desk.surveys import ledger as writer

CLOSE = """
import survey_kit as kit
for name in {names!r}:
	doc = frappe.get_doc("HD Ticket", name)
	doc.status = "Resolved"
	{bare}
	try:
		doc.save(ignore_permissions=True)
		frappe.db.commit()
		print("closed", name, flush=True)
	except Exception as error:
		frappe.db.rollback()
		print("refused", name, type(error).__name__, error, flush=True)
"""
# The host without our handlers on its tickets.
BARE = 'hooks = dict(frappe.get_doc_hooks()); frappe.local.doc_events_hooks = {k: v for k, v in hooks.items() if k != "HD Ticket"}'
SEND = "from cx_desk.surveys import decide\ndecide.decide_due()"
FLUSH = "from frappe.email.queue import flush\nflush()\nfrappe.db.commit()"


class TestThingsDown(FrappeTestCase):
	def setUp(self):
		kit.sweep()
		kit.switch_on()
		kit.settings(cooldown_days=0)
		self.tickets = [kit.ticket(kit.person(f"down{number}")) for number in range(4)]
		frappe.db.commit()

	def tearDown(self):
		frappe.db.rollback()
		kit.sweep()

	def names(self):
		return [doc.name for doc in self.tickets]

	def statuses(self):
		fault_kit.fresh()
		return [[row.status for row in kit.rows(doc)] for doc in self.tickets]

	def test_redis_down_while_closing(self):
		with fault_kit.own_redis() as (address, server):
			server.kill()
			server.wait()
			half = len(self.tickets) // 2
			bare = fault_kit.finish(
				fault_kit.start(CLOSE.format(names=self.names()[:half], bare=BARE), redis=address)
			)
			ours = fault_kit.finish(
				fault_kit.start(CLOSE.format(names=self.names()[half:], bare="pass"), redis=address)
			)
		# Whatever the bare host manages without Redis, it manages with us.
		self.assertEqual(bare.count("closed"), ours.count("closed"), bare + ours)
		self.assertEqual(bare.count("closed"), half, "the host itself no longer closes tickets without Redis")
		fault_kit.fresh()
		for doc in self.tickets[half:]:
			category = frappe.db.get_value("HD Ticket", doc.name, "status_category")
			self.assertEqual(len(kit.rows(doc)), int(category == "Resolved"))

	def test_redis_down_while_deciding(self):
		for doc in self.tickets:
			kit.resolve(doc)
		frappe.db.commit()
		with fault_kit.own_redis() as (address, server):
			server.kill()
			server.wait()
			fault_kit.finish(fault_kit.start(SEND, redis=address))
		self.assertEqual(self.statuses(), [[ledger.QUEUED]] * 4)

	def test_mail_down_then_back(self):
		with SmtpCatcher() as catcher:
			kit.mail_account(catcher.port)
			frappe.db.commit()
			catcher.refuse("451 4.3.0 later")
			for doc in self.tickets:
				self.assertEqual(kit.resolve(doc).status_category, "Resolved")
			frappe.db.commit()
			fault_kit.finish(fault_kit.start(SEND))
			fault_kit.finish(fault_kit.start(FLUSH))
			self.assertEqual(self.statuses(), [[ledger.QUEUED]] * 4)
			self.assertEqual(catcher.mails, [])
			catcher.refuse()
			fault_kit.finish(fault_kit.start(FLUSH))
			fault_kit.finish(fault_kit.start(FLUSH))
			fault_kit.fresh()
			delivery.follow()
			self.assertEqual(self.statuses(), [[ledger.SENT]] * 4)
			self.assertEqual(
				sorted(mail.recipients[0] for mail in catcher.mails),
				sorted(doc.raised_by for doc in self.tickets),
			)
			for mail in catcher.mails:
				head = mail.data.split(b"\r\n\r\n")[0]
				self.assertIn(b"\r\nList-Unsubscribe: <http", head)
				self.assertIn(b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click", head)
				self.assertNotIn(b"X-List", head)

	def test_a_refused_address_is_told_from_the_others_and_asked_no_more(self):
		with SmtpCatcher() as catcher:
			kit.mail_account(catcher.port)
			dead, full = self.tickets[0].raised_by, self.tickets[1].raised_by
			catcher.refuse_address(dead, f"550 5.1.1 <{dead}>: Recipient address rejected: User unknown")
			catcher.refuse_address(full, "552 5.2.2 mailbox full")
			for doc in self.tickets:
				kit.resolve(doc)
			frappe.db.commit()
			fault_kit.finish(fault_kit.start(SEND))
			# The host tries each mail three times before it gives up.
			for _attempt in range(5):
				fault_kit.finish(fault_kit.start(FLUSH))
			fault_kit.fresh()
			delivery.follow()
			found = {row.recipient: (row.status, row.reason) for doc in self.tickets for row in kit.rows(doc)}
			self.assertEqual(found.pop(dead), (ledger.FAILED, bounces.ADDRESS_UNKNOWN))
			self.assertEqual(found.pop(full), (ledger.FAILED, bounces.MAILBOX_FULL))
			self.assertEqual(set(found.values()), {(ledger.SENT, None)})
			facts = people.facts_by_address({dead, full}, now_datetime())
			self.assertTrue(facts[dead].undeliverable)
			self.assertFalse(facts[full].undeliverable)

	def test_no_account_to_send_from_loses_nothing(self):
		for doc in self.tickets:
			kit.resolve(doc)
		frappe.db.set_value(
			"Email Account", {"enable_outgoing": 1}, {"enable_outgoing": 0, "default_outgoing": 0}
		)
		frappe.db.commit()
		process = fault_kit.start(SEND)
		_out, err = process.communicate(timeout=60)
		self.assertIn("OutgoingEmailError", err)
		self.assertEqual(self.statuses(), [[ledger.PENDING]] * 4)
		frappe.db.set_value("Email Account", {"email_id": f"desk@{kit.DOMAIN}"}, "enable_outgoing", 1)
		kit.mail_account()
		frappe.db.commit()
		fault_kit.finish(fault_kit.start(SEND))
		self.assertEqual(self.statuses(), [[ledger.QUEUED]] * 4)

	def test_a_deadlock_made_for_real(self):
		"""Two connections lock two rows crosswise while a ticket is saved: no half save is ever committed."""
		doc = self.tickets[0]
		kit.resolve(doc)
		frappe.db.commit()
		row = kit.row(doc)
		code = f"""
frappe.db.sql("select name from `tabCX Survey Invitation` where name = %s for update", {row.name!r})
print("locked", flush=True)
sys.stdin.readline()
try:
	frappe.db.sql("select name from `tabHD Ticket` where name = %s for update", {doc.name!r})
	print("survived", flush=True)
except frappe.QueryDeadlockError:
	print("victim", flush=True)
frappe.db.rollback()
"""
		other = fault_kit.start(code)
		fault_kit.wait_ready(other)
		self.assertEqual(other.stdout.readline().strip(), "locked")
		fresh = frappe.get_doc("HD Ticket", doc.name)
		fresh.status = "Open"
		fresh.save(ignore_permissions=True)
		fresh.status = "Resolved"
		fresh.subject += " changed"

		def insert(rows):
			# The ticket's row is ours by now: whoever of the two is quicker, they wait for each other.
			other.stdin.write("\n")
			other.stdin.flush()
			frappe.db.sql("select name from `tabCX Survey Invitation` where name = %s for update", row.name)

		try:
			with patch.object(writer, "insert", insert):
				fresh.save(ignore_permissions=True)
			frappe.db.commit()
			saved = True
		except frappe.QueryDeadlockError:
			frappe.db.rollback()
			saved = False
		out = fault_kit.finish(other)
		self.assertEqual("victim" in out, saved)
		subject = frappe.db.get_value("HD Ticket", doc.name, "subject")
		self.assertEqual(subject.endswith("changed"), saved)
		triggers.forget()
