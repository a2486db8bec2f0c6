"""A sender killed at any point, and several senders at once: each person gets at most one mail, none is lost.

8 kills by default, 50 with CX_LONG=1.
"""

import random
import sys
import time
from collections import Counter
from pathlib import Path

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import now_datetime

sys.path.insert(0, str(Path(__file__).parent))
import fault_kit

from cx_desk.core import ledger
from cx_desk.surveys import invitations
from cx_desk.surveys import ledger as writer

ROUNDS = 50 if fault_kit.LONG else 8
PEOPLE = 40
BATCH = 2
SEND = f"from cx_desk.surveys import decide\nprint('begin', flush=True)\ndecide.decide_due(batch={BATCH})"


class TestSenderKilled(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		kit.sweep()
		kit.switch_on()
		cls.people = [kit.person(f"kill{number}") for number in range(PEOPLE)]
		frappe.db.commit()

	@classmethod
	def tearDownClass(cls):
		kit.sweep()
		super().tearDownClass()

	def tearDown(self):
		frappe.db.rollback()
		self.clean()

	def clean(self):
		like = f"kill%@{kit.DOMAIN}"
		names = frappe.get_all("CX Survey Invitation", filters={"recipient": ["like", like]}, pluck="name")
		queues = frappe.get_all(
			"Email Queue Recipient", filters={"recipient": ["like", like]}, pluck="parent"
		)
		frappe.db.delete("Email Queue", {"name": ["in", queues or [""]]})
		frappe.db.delete("Email Queue Recipient", {"parent": ["in", queues or [""]]})
		frappe.db.delete("CX Survey Invitation", {"name": ["in", names or [""]]})
		frappe.db.delete("CX Score Rollup", {"survey": kit.TICKET_SURVEY})
		frappe.db.commit()

	def make_due(self, people=None, times=1):
		now = now_datetime()
		writer.insert(
			[
				{
					"name": ledger.row_name("CX Survey", kit.TICKET_SURVEY, time_no, address),
					"survey": kit.TICKET_SURVEY,
					"trigger": ledger.BY_HAND,
					"event_doctype": "CX Survey",
					"event_name": kit.TICKET_SURVEY,
					"occurrence": time_no,
					"recipient": address,
					"respondent_key": ledger.address_key(address),
					"event_at": now,
					"due_at": now,
				}
				for address in people or self.people
				for time_no in range(times)
			]
		)
		frappe.db.commit()

	def rows(self):
		fault_kit.fresh()
		return frappe.get_all(
			"CX Survey Invitation",
			filters={"recipient": ["like", f"kill%@{kit.DOMAIN}"]},
			fields=["name", "status", "reason", "recipient", "email_queue", "message_id", "queued_at"],
		)

	def check_agreement(self, final):
		"""Ledger and queue say the same, whatever happened."""
		rows = self.rows()
		mails = frappe.get_all(
			"Email Queue",
			filters={
				"reference_doctype": "CX Survey Invitation",
				"reference_name": ["in", [row.name for row in rows]],
			},
			fields=["name", "reference_name", "message_id"],
		)
		per_row = Counter(mail.reference_name for mail in mails)
		self.assertLessEqual(max(per_row.values(), default=0), 1, "a row has two mails")
		by_name = {mail.name: mail for mail in mails}
		for row in rows:
			if row.status == ledger.QUEUED:
				self.assertEqual(by_name[row.email_queue].reference_name, row.name)
				self.assertEqual(by_name[row.email_queue].message_id, row.message_id)
			else:
				self.assertEqual(per_row[row.name], 0, f"{row.status} has a mail")
		recipients = frappe.db.count("Email Queue Recipient", {"parent": ["in", list(by_name) or [""]]})
		self.assertEqual(recipients, len(mails))
		asked = sum(
			frappe.get_all(
				"CX Score Rollup", filters={"survey": kit.TICKET_SURVEY, "measure": "Asked"}, pluck="count"
			)
		)
		self.assertEqual(asked, len(mails))
		if final:
			self.assertFalse([row for row in rows if row.status == ledger.PENDING])
		return rows

	def test_killed_at_random_points(self):
		chance = random.Random(20260311)
		interrupted, length = 0, self.length_of_a_run()
		for number in range(ROUNDS):
			self.make_due()
			process = fault_kit.start(SEND)
			fault_kit.wait_ready(process)
			process.stdout.readline()
			# Every other kill waits for the work to be under way, so that it hits on a machine of any speed.
			if number % 2:
				self.wait_until_sent(chance.randint(1, PEOPLE // 2), process)
				time.sleep(chance.uniform(0.0, length * BATCH / PEOPLE))
			else:
				time.sleep(chance.uniform(0.0, length))
			process.kill()
			process.wait()
			process.stdout.close()
			process.stderr.close()
			rows = self.check_agreement(final=False)
			done = sum(row.status == ledger.QUEUED for row in rows)
			interrupted += 0 < done < PEOPLE
			fault_kit.finish(fault_kit.start(SEND))
			rows = self.check_agreement(final=True)
			self.assertEqual({row.status for row in rows}, {ledger.QUEUED})
			self.clean()
		# Otherwise the kills missed what they are to hit.
		self.assertGreater(interrupted, 0, "no kill fell into the middle of the work")

	def wait_until_sent(self, count, process):
		"""Until so many rows have their mail; the process may end before somebody looks."""
		while process.poll() is None:
			if sum(row.status == ledger.QUEUED for row in self.rows()) >= count:
				return

	def length_of_a_run(self):
		self.make_due()
		process = fault_kit.start(SEND)
		fault_kit.wait_ready(process)
		process.stdout.readline()
		begun = time.monotonic()
		process.stdout.readline()
		length = time.monotonic() - begun
		fault_kit.finish_quietly(process)
		self.clean()
		return length

	def test_two_senders_at_once(self):
		self.make_due()
		senders = [fault_kit.start(SEND) for _number in range(2)]
		for sender in senders:
			fault_kit.finish(sender)
		rows = self.check_agreement(final=True)
		self.assertEqual(Counter(row.status for row in rows), {ledger.QUEUED: PEOPLE})

	def test_two_senders_do_not_ask_one_person_twice(self):
		self.make_due(self.people[:8], times=6)
		senders = [fault_kit.start(SEND) for _number in range(3)]
		for sender in senders:
			fault_kit.finish(sender)
		# What one worker left to another is decided at the next turn.
		fault_kit.finish(fault_kit.start(SEND))
		rows = self.check_agreement(final=True)
		per_person = Counter(row.recipient for row in rows if row.status == ledger.QUEUED)
		self.assertEqual(set(per_person.values()), {1})
		self.assertEqual(len(per_person), 8)

	def test_by_hand_while_the_job_runs(self):
		self.make_due()
		sender = fault_kit.start(SEND)
		fault_kit.wait_ready(sender)
		name = invitations.invite_by_hand(
			kit.TICKET_SURVEY,
			{
				"event_doctype": "CX Survey",
				"event_name": "by hand",
				"occurrence": 0,
				"recipient": self.people[0],
				"respondent_key": ledger.address_key(self.people[0]),
			},
		)
		frappe.db.commit()
		fault_kit.finish(sender)
		fault_kit.finish(fault_kit.start(SEND))
		fault_kit.fresh()
		asked = [
			row for row in self.rows() if row.recipient == self.people[0] and row.status == ledger.QUEUED
		]
		self.assertEqual(len(asked), 1, name)
