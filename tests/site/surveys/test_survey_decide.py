"""What becomes of a due row, with real tickets, contacts, users and settings of the host."""

from datetime import timedelta

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, now_datetime

from cx_desk.core import ledger
from cx_desk.host import mail
from cx_desk.surveys import asking, delivery, invitations, people, rollups, triggers, waves


class TestSurveyDecide(FrappeTestCase):
	def setUp(self):
		kit.switch_on()
		kit.empty()

	def tearDown(self):
		frappe.db.rollback()
		triggers.forget()

	def outcome(self, doc):
		kit.run_decisions()
		found = kit.row(doc)
		return found.status, found.reason

	def refused(self, reason, doc=None):
		doc = doc or kit.resolve(kit.ticket())
		self.assertEqual(self.outcome(doc), (ledger.SUPPRESSED, reason))
		self.assertFalse(frappe.db.exists("Email Queue", {"reference_name": kit.row(doc).name}))

	def test_asked_with_a_mail_and_only_a_hash_of_its_token(self):
		doc = kit.resolve(kit.ticket())
		self.assertEqual(self.outcome(doc), (ledger.QUEUED, None))
		found = kit.row(doc)
		token = kit.token_of(found)
		self.assertEqual(found.token_hash, ledger.token_hash(token))
		for doctype in ("CX Survey Invitation", "CX Contact Preference", "CX Score Rollup"):
			for one in frappe.get_all(doctype, fields=["*"]):
				self.assertNotIn(token, str(one))
		self.assertEqual(found.expires_at.date(), (now_datetime() + timedelta(days=14)).date())
		self.assertTrue(found.survey_version)

	def test_reopened_before_it_was_due(self):
		doc = kit.resolve(kit.ticket())
		kit.resolve(doc, "Open")
		self.assertEqual(self.outcome(doc), (ledger.WITHDRAWN, "Reopened"))

	def test_staff_is_not_asked(self):
		user = f"agent@{kit.DOMAIN}"
		frappe.get_doc(
			{
				"doctype": "User",
				"email": user,
				"first_name": "Agent",
				"send_welcome_email": 0,
				"roles": [{"role": "Agent"}],
			}
		).insert()
		kit.person("agent")
		self.refused("Staff", kit.resolve(kit.ticket(user)))

	def test_unknown_people_and_shared_addresses_are_not_asked(self):
		doc = kit.ticket(f"stranger@{kit.DOMAIN}")
		frappe.db.delete("Contact Email", {"email_id": f"stranger@{kit.DOMAIN}"})
		self.refused("Unknown person", kit.resolve(doc))
		self.refused("Shared or machine address", kit.resolve(kit.ticket(kit.person("noreply"))))

	def test_a_rating_on_the_portal_is_not_asked_for_again_and_counts(self):
		doc = kit.resolve(kit.ticket())
		frappe.db.set_value("HD Ticket", doc.name, {"feedback_rating": 0.4, "feedback_extra": "too slow"})
		self.refused("Rated on portal", doc)
		response = frappe.get_doc("CX Survey Response", {"event_name": doc.name})
		self.assertEqual(
			(response.kind, response.score, response.comment), ("Rated on portal", 2, "too slow")
		)
		self.assertEqual((response.low, response.act_state, response.channel), (1, "Pending", "Portal"))
		self.assertEqual(self.count(measure="Answer", channel="Portal", score=2), 1)
		self.assertEqual(self.count(measure="Asked"), 0)

	def count(self, **filters):
		return sum(
			frappe.get_all("CX Score Rollup", filters={"survey": kit.TICKET_SURVEY, **filters}, pluck="count")
		)

	def test_where_helpdesk_asks_we_do_not(self):
		doc = kit.resolve(kit.ticket())
		frappe.db.set_single_value("HD Settings", "enable_email_ticket_feedback", 1)
		frappe.clear_document_cache("HD Settings", "HD Settings")
		try:
			self.refused("Helpdesk's own feedback mail", doc)
		finally:
			frappe.db.set_single_value("HD Settings", "enable_email_ticket_feedback", 0)
			frappe.clear_document_cache("HD Settings", "HD Settings")

	def test_own_opt_out_and_the_hosts(self):
		people.preference(kit.person())
		frappe.db.set_value(
			"CX Contact Preference", {"address_hash": ledger.address_key(kit.person())}, "opted_out", 1
		)
		self.refused("Opted out")
		frappe.get_doc(
			{"doctype": "Email Unsubscribe", "email": kit.person("bob"), "global_unsubscribe": 1}
		).insert()
		self.refused("Opted out", kit.resolve(kit.ticket(kit.person("bob"))))

	def test_a_hold_of_the_unit_says_its_reason(self):
		settings = frappe.get_doc("CX Settings")
		settings.append(
			"holds",
			{
				"from_date": add_days(None, -1),
				"to_date": add_days(None, 1),
				"reason": "exam week",
				"unit": "All Units",
			},
		)
		for row in settings.holds:
			row.db_insert() if row.is_new() else None
		frappe.clear_document_cache("CX Settings", "CX Settings")
		doc = kit.resolve(kit.ticket())
		self.refused("Hold", doc)
		self.assertEqual(kit.row(doc).delivery, "exam week")

	def test_nobody_is_asked_twice_within_the_cooldown_whatever_the_survey(self):
		first, second = kit.resolve(kit.ticket()), kit.resolve(kit.ticket())
		kit.run_decisions()
		outcomes = sorted((kit.row(doc).status, kit.row(doc).reason or "") for doc in (first, second))
		self.assertEqual(outcomes, [(ledger.QUEUED, ""), (ledger.SUPPRESSED, "Asked recently")])
		self.refused("Asked recently")

	def test_the_yearly_budget(self):
		kit.settings(cooldown_days=0, yearly_budget=2)
		docs = [kit.resolve(kit.ticket()) for _number in range(3)]
		kit.run_decisions()
		self.assertEqual(sorted(kit.row(doc).reason or "" for doc in docs), ["", "", "Yearly budget used"])

	def test_a_settled_complaint_frees_one_question(self):
		kit.asked()
		voice = frappe.get_doc(
			{"doctype": "CX Voice", "kind": "Low answer", "statement": "slow", "source_email": kit.person()}
		)
		voice.db_insert()
		frappe.db.set_value(
			"CX Voice", voice.name, {"state": "Settled", "settled_at": now_datetime() + timedelta(seconds=1)}
		)
		self.assertEqual(self.outcome(kit.resolve(kit.ticket())), (ledger.QUEUED, None))

	def test_at_night_it_waits_and_stays_pending(self):
		hour = (now_datetime() - timedelta(hours=2)).hour
		kit.settings(send_from=f"{hour:02}:00:00", send_until=f"{(hour + 1) % 24:02}:00:00")
		doc = kit.resolve(kit.ticket())
		self.assertEqual(self.outcome(doc), (ledger.PENDING, None))
		self.assertGreater(kit.row(doc).due_at, now_datetime())
		self.assertEqual(kit.row(doc).due_at.hour, hour)

	def test_what_could_not_be_sent_for_days_is_dropped(self):
		doc = kit.resolve(kit.ticket())
		frappe.db.set_value(
			"CX Survey Invitation", kit.row(doc).name, "event_at", add_days(now_datetime(), -4)
		)
		self.refused("Too late", doc)

	def test_a_trigger_switched_off_in_the_meantime(self):
		doc = kit.resolve(kit.ticket())
		frappe.db.set_value("CX Survey Trigger", kit.TICKET_TRIGGER, "enabled", 0)
		self.refused("Switched off", doc)

	def test_by_hand_the_limits_hold_and_the_answer_says_which(self):
		frappe.db.set_value("CX Survey Trigger", kit.TICKET_TRIGGER, "enabled", 0)
		triggers.forget()
		doc = kit.ticket()
		with self.assertRaisesRegex(frappe.ValidationError, "Resolve the ticket first"):
			asking.ask_about_ticket(doc.name)
		doc = kit.resolve(doc)
		decision = asking.ask_about_ticket(doc.name)
		self.assertEqual(asking.explain(decision), "The survey is on its way.")
		self.assertEqual(kit.row(doc).trigger, ledger.BY_HAND)
		with self.assertRaisesRegex(frappe.ValidationError, "being asked about this ticket already"):
			asking.ask_about_ticket(doc.name)
		again = asking.ask_about_ticket(kit.resolve(kit.ticket()).name)
		self.assertIn("asked recently", asking.explain(again))

	def test_send_me_one_counts_nowhere(self):
		frappe.db.set_value("User", "Administrator", "email", f"me@{kit.DOMAIN}")
		before = self.count()
		self.assertEqual(asking.send_test(kit.TICKET_SURVEY, "Administrator"), f"me@{kit.DOMAIN}")
		found = kit.rows(is_test=1)[0]
		self.assertEqual(found.status, ledger.QUEUED)
		self.assertIn("[Test]", kit.mail_of(found)["Subject"])
		self.assertEqual(self.count(), before)

	def test_a_test_that_cannot_go_out_says_so(self):
		# The host itself puts admin@example.com on the list of those who want no mail.
		mine = f"me@{kit.DOMAIN}"
		frappe.db.set_value("User", "Administrator", "email", mine)
		frappe.get_doc({"doctype": "Email Unsubscribe", "email": mine, "global_unsubscribe": 1}).insert()
		with self.assertRaisesRegex(frappe.ValidationError, "Email Unsubscribe"):
			asking.send_test(kit.TICKET_SURVEY, "Administrator")

	def test_the_queue_row_is_what_the_hosts_slow_path_writes(self):
		found, _token = kit.asked()
		fast = frappe.get_doc("Email Queue", found.email_queue).as_dict()
		frappe.sendmail(
			recipients=[kit.person()],
			subject="slow",
			message="<p>slow</p>",
			reference_doctype="CX Survey Invitation",
			reference_name=found.name,
			add_unsubscribe_link=0,
			delayed=True,
		)
		slow = frappe.get_last_doc("Email Queue", {"reference_name": found.name}).as_dict()
		own = {"name", "creation", "modified", "message", "message_id", "recipients", "__last_sync_on"}
		same = {key: (fast.get(key), slow.get(key)) for key in slow if key not in own}
		differing = {key: pair for key, pair in same.items() if (pair[0] or None) != (pair[1] or None)}
		self.assertEqual(differing, {})
		self.assertEqual(
			[(one.recipient, one.status, one.parentfield) for one in fast.recipients],
			[(one.recipient, one.status, one.parentfield) for one in slow.recipients],
		)
		self.assertIn(frappe.local.site, fast.message_id)
		self.assertEqual(fast.owner, "Administrator")

	def test_one_build_for_many_mails_and_each_its_own_values(self):
		built = []
		original = mail._Pattern.__init__
		mail._Pattern.__init__ = lambda self, one: (built.append(one), original(self, one))[1]
		try:
			docs = [kit.resolve(kit.ticket(kit.person(f"p{number}"))) for number in range(5)]
			kit.run_decisions()
		finally:
			mail._Pattern.__init__ = original
		self.assertEqual(len(built), 1)
		tokens = {kit.token_of(kit.row(doc)) for doc in docs}
		self.assertEqual(len(tokens), 5)
		self.assertEqual(len({kit.row(doc).message_id for doc in docs}), 5)

	def test_hostile_text_stays_text_in_the_mail(self):
		hostile = (
			"<script>alert(1)</script>{{ 7*7 }} \" onload=x '; cxv0token0vxc cxmark0date0\nBcc: a@x.example"
		)
		# Past the host, which escapes such subjects on saving.
		doc = kit.resolve(kit.ticket())
		frappe.db.set_value("HD Ticket", doc.name, "subject", hostile)
		kit.run_decisions()
		found = kit.row(doc)
		token = kit.token_of(found)
		message = kit.mail_of(found)
		page = message.get_body(("html",)).get_content()
		self.assertNotIn("<script>alert", page)
		self.assertIn("&lt;script&gt;", page)
		self.assertIn("{{ 7*7 }}", page)
		self.assertIn("cxv0token0vxc", message.get_body(("plain",)).get_content())
		self.assertIsNone(message["Bcc"])
		self.assertEqual(message["List-Unsubscribe"], f"<{invitations.unsubscribe_url(token)}>")
		self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")

	def test_words_of_any_language_reach_the_mail(self):
		found, _token = kit.asked(subject="Drucker größer als 5 € 打印机 😀")
		message = kit.mail_of(found)
		self.assertIn("Drucker größer als 5 € 打印机 😀", message["Subject"])
		self.assertIn("打印机 😀", message.get_body(("html",)).get_content())
		self.assertIn("打印机 😀", message.get_body(("plain",)).get_content())
		frappe.db.get_value("Email Queue", found.email_queue, "message").encode("ascii")

	def test_in_the_persons_language(self):
		unit = frappe.db.get_value("CX Business Unit", {"is_unassigned": 1})
		frappe.db.set_value("CX Business Unit", unit, "language", "de")
		found, _token = kit.asked()
		self.assertEqual(found.language, "de")
		self.assertIn("Wie war es?", kit.mail_of(found)["Subject"])
		self.assertIn("Sehr zufrieden", kit.mail_of(found).get_body(("plain",)).get_content())

	def test_delivery_is_copied_into_the_ledger(self):
		found, _token = kit.asked()
		frappe.db.set_value(
			"Email Queue", found.email_queue, {"status": "Error", "error": "x" * 900 + "refused"}
		)
		page = [frappe._dict(one) for one in kit.rows(name=found.name)]
		delivery._follow(page)
		failed = kit.rows(name=found.name)[0]
		self.assertEqual(failed.status, ledger.FAILED)
		self.assertTrue(failed.delivery.endswith("refused"))
		self.assertEqual(self.count(measure="Asked"), 0)
		frappe.db.set_value("Email Queue", found.email_queue, {"status": "Sent"})
		delivery._follow([failed])
		sent = kit.rows(name=found.name)[0]
		self.assertEqual(sent.status, ledger.SENT)
		self.assertTrue(sent.sent_at)
		self.assertEqual(self.count(measure="Asked"), 1)

	def test_reopened_after_asking_takes_the_mail_back(self):
		found, _token = kit.asked()
		kit.resolve(frappe.get_doc("HD Ticket", found.event_name), "Open")
		self.assertEqual(delivery.withdraw_changed(), 1)
		taken = kit.rows(name=found.name)[0]
		self.assertEqual((taken.status, taken.queued_at), (ledger.WITHDRAWN, None))
		self.assertFalse(frappe.db.exists("Email Queue", found.email_queue))
		self.assertEqual(self.count(measure="Asked"), 0)

	def test_links_expire(self):
		found, _token = kit.asked()
		frappe.db.set_value("CX Survey Invitation", found.name, "expires_at", add_days(now_datetime(), -1))
		self.assertEqual(delivery.expire(), 1)
		self.assertEqual(kit.rows(name=found.name)[0].status, ledger.EXPIRED)
		# They were asked, and count as not answered.
		self.assertEqual(self.count(measure="Asked"), 1)

	def test_a_wave_asks_everybody_once_and_reminds_once(self):
		survey = "How is IT doing for you"
		unit = frappe.db.get_value("CX Business Unit", {"is_unassigned": 1})
		for name in ("ann", "bob"):
			kit.ticket(kit.person(name))
		frappe.db.set_value("CX Survey", survey, "enabled", 0)
		with self.assertRaisesRegex(frappe.ValidationError, "Switch the survey on"):
			waves.ask(survey, [unit])
		frappe.db.set_value("CX Survey", survey, "enabled", 1)
		frappe.clear_document_cache("CX Survey", survey)
		count = waves.ask(survey, [unit])
		self.assertGreaterEqual(count, 2)
		waves.ask(survey, [unit])
		mine = [one for one in kit.rows(survey=survey) if one.recipient.endswith(kit.DOMAIN)]
		self.assertEqual(len(mine), 2)
		kit.run_decisions()
		name = mine[0].name
		old = add_days(now_datetime(), -7)
		frappe.db.set_value("CX Survey Invitation", name, {"status": "Sent", "queued_at": old})
		self.assertEqual(waves.remind_batch([survey])[1:], (1, 0))
		self.assertEqual(waves.remind_batch([survey])[1:], (0, 0))
		reminded = kit.rows(name=name)[0]
		self.assertEqual(reminded.wave, 1)
		self.assertTrue(reminded.reminder_token_hash)
		self.assertNotEqual(reminded.reminder_token_hash, reminded.token_hash)
		self.assertIn("Reminder", kit.mail_of(reminded)["Subject"])
		self.assertEqual(frappe.db.count("Email Queue", {"reference_name": name}), 2)

	def test_a_rebuild_comes_to_the_same(self):
		kit.asked("ann")
		kit.asked("bob")

		def book():
			return sorted(
				frappe.get_all(
					"CX Score Rollup",
					fields=[*rollups.FIELDS, "count"],
					filters={"count": ["!=", 0]},
					as_list=True,
				)
			)

		before = book()
		rollups.rebuild()
		self.assertEqual(book(), before)
