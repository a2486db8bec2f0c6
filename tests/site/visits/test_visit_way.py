"""The way of a visit on a site: planned with care, held, shared with the host, corrected, amended, closed."""

from datetime import timedelta

import visit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, getdate, now_datetime

from cx_desk.api import visits as api
from cx_desk.immersion import entries, recurring, sharing, triage, visits
from cx_desk.units import clock


class TestPlanning(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		cls.people = kit.people()

	def setUp(self):
		kit.no_visits()

	def refused(self, text, *users, **values):
		with self.assertRaises(frappe.ValidationError) as refused:
			kit.visit(*users or (self.people.agent,), **values)
		self.assertIn(text, str(refused.exception))

	def test_the_future_is_planned_and_the_past_was_held(self):
		planned = kit.visit(self.people.agent)
		self.assertEqual((planned.state, planned.direction), ("Planned", "We to them"))
		self.assertEqual((planned.host_name, planned.host_email), ("Hanna Host", kit.HOST))
		logged = kit.held(self.people.agent)
		self.assertEqual(logged.state, "Held")
		self.assertEqual(logged.started_at, logged.starts_on)

	def test_its_title_is_in_the_sites_language_whoever_saves_it(self):
		frappe.local.lang = "de"
		self.addCleanup(setattr, frappe.local, "lang", "en")
		self.assertEqual(kit.visit(self.people.agent).title, f"{kit.UNIT}: Shadowing")

	def test_its_title_follows_the_units_name(self):
		doc = kit.visit(self.people.agent)
		# Renaming itself is the host's, and commits.
		frappe.db.set_value("CX Visit", doc.name, "unit", kit.OTHER)
		frappe.get_doc("CX Business Unit", kit.OTHER).after_rename(kit.UNIT, kit.OTHER)
		self.assertEqual(frappe.db.get_value("CX Visit", doc.name, "title"), f"{kit.OTHER}: Shadowing")

	def test_a_host_only_where_the_type_needs_one(self):
		self.refused("who receives you", host_contact=None)
		walk = kit.visit(self.people.agent, type="Floor-walk", host_contact=None)
		self.assertFalse(walk.host_name)

	def test_the_unit_knows_its_host(self):
		contact = frappe.db.get_value("Contact", {"email_id": kit.HOST})
		unit = frappe.get_doc("CX Business Unit", kit.UNIT)
		unit.set("people", [])
		for name, role in (
			(kit.kit.contact("Kim Key", "kim@voicetest.example"), "Key user"),
			(contact, "Site host"),
		):
			unit.append("people", {"contact": name, "role": role})
		unit.save(ignore_permissions=True)
		doc = kit.visit(self.people.agent, host_contact=None)
		self.assertEqual((doc.host_name, doc.host_email), ("Hanna Host", kit.HOST))
		walk = kit.visit(self.people.second, type="Floor-walk", host_contact=None)
		self.assertFalse(walk.host_name, "nobody is drawn into a visit that needs no host")

	def test_not_in_the_critical_hours(self):
		frappe.db.set_value("CX Business Unit", kit.UNIT, "critical_hours", "Wed 11:00-14:00, exam week")
		self.addCleanup(frappe.db.set_value, "CX Business Unit", kit.UNIT, "critical_hours", None)
		self.refused("must not be disturbed", starts=kit.workday(hour=11))
		self.assertTrue(kit.visit(self.people.agent, starts=kit.workday(hour=9)).name)

	def test_critical_hours_are_those_of_the_clock_on_the_units_wall(self):
		self.addCleanup(
			frappe.db.set_value, "CX Business Unit", kit.UNIT, {"critical_hours": None, "time_zone": None}
		)
		far = "America/New_York"
		frappe.db.set_value(
			"CX Business Unit", kit.UNIT, {"critical_hours": "Wed 08:00-09:00", "time_zone": far}
		)
		there = kit.workday(7, 8)
		here = clock.at_site(kit.UNIT, there)
		self.assertNotEqual(here, there, "the site of the tests does not lie in New York")
		with self.assertRaisesRegex(frappe.ValidationError, far):
			kit.visit(self.people.agent, starts=here, hours=0.5)
		kit.visit(self.people.agent, starts=here + timedelta(hours=1), hours=0.5)

	def test_at_most_two_of_one_team_away(self):
		users = [self.people.agent, self.people.second, self.people.stranger]
		team = frappe.get_doc(
			{"doctype": "HD Team", "team_name": "Visittest Team", "users": [{"user": u} for u in users]}
		)
		team.insert(ignore_permissions=True)
		when = kit.workday(70)
		kit.visit(*users[:2], starts=when)
		self.refused("would be away", users[2], starts=when.replace(hour=8), hours=1)
		self.assertTrue(kit.visit(users[2], starts=when.replace(hour=14)).name)
		self.assertTrue(kit.visit(users[2], starts=when.replace(hour=8), hours=1, type="Briefing").name)

	def test_nobody_is_in_two_places(self):
		when = kit.workday(84)
		kit.visit(self.people.agent, starts=when)
		self.refused("at that time", starts=when + timedelta(hours=1), type="Briefing")

	def test_bad_input_says_what_to_do(self):
		self.refused("ends before it starts", hours=-1)
		self.refused("two weeks", hours=24 * 15)
		self.refused("is no mail address", host_email="nobody")
		self.refused("on the visit twice", self.people.agent, self.people.agent)
		self.refused("nobody of the desk", "Guest")
		catcher = frappe.db.get_value("CX Business Unit", {"is_unassigned": 1})
		self.refused("only catches tickets", unit=catcher)

	def test_fields_of_steps_cannot_be_typed(self):
		doc = kit.visit(
			self.people.agent, host_word="Agreed", effect_verdict="As hoped", shared_at=now_datetime()
		)
		self.assertFalse(doc.host_word or doc.effect_verdict or doc.shared_at)
		doc.token_hash = "x"  # noqa: S105 (what a client forges)
		doc.state = "Closed"
		with self.assertRaises(frappe.ValidationError):
			doc.save(ignore_permissions=True)

	def test_cancelled_with_a_reason_and_planned_again(self):
		doc = kit.visit(self.people.agent, starts=kit.workday(28))
		with self.assertRaises(frappe.ValidationError):
			visits.move(doc.name, "Cancelled")
		visits.move(doc.name, "Cancelled", reason="Fire drill", cancelled_by="The business")
		for bad in ("next week", "2020-01-01 10:00:00", "99999-99-99"):
			with self.assertRaisesRegex(frappe.ValidationError, "time in the future"):
				visits.move(doc.name, "Planned", starts_on=bad)
		visits.move(doc.name, "Planned", starts_on=str(kit.workday(35)))
		doc.reload()
		self.assertEqual((doc.state, doc.reason), ("Planned", None))
		self.assertEqual(doc.ends_on - doc.starts_on, timedelta(hours=2))


class TestReport(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		cls.people = kit.people()

	def setUp(self):
		frappe.set_user("Administrator")
		self.visit = kit.held(self.people.agent, type="Floor-walk")
		self.tokens = []
		real = sharing.secrets.token_urlsafe
		self.addCleanup(setattr, sharing.secrets, "token_urlsafe", real)
		sharing.secrets.token_urlsafe = lambda n: self.tokens.append(real(n)) or self.tokens[-1]
		sent = sharing._render
		self.addCleanup(setattr, sharing, "_render", sent)
		from cx_desk.host import mail

		self.mails = []
		queue = mail.queue_bulk
		self.addCleanup(setattr, mail, "queue_bulk", queue)
		mail.queue_bulk = lambda mails: [
			self.mails.append(m) or frappe._dict(name="q", message_id="m") for m in mails
		]

	def share(self):
		doc = frappe.get_doc("CX Visit", self.visit.name)
		doc.report = "They wait for the printer at seven."
		doc.save(ignore_permissions=True)
		visits.move(self.visit.name, "Shared", key="share")
		return frappe.get_doc("CX Visit", self.visit.name)

	def test_the_host_gets_the_report_and_agrees(self):
		doc = self.share()
		self.assertEqual(getdate(doc.correct_until), getdate(add_days(getdate(), 5)))
		self.assertIn(f"/cx/h/{self.tokens[0]}", self.mails[0].html)
		self.assertIn("They wait for the printer", self.mails[0].text)
		self.assertNotIn(self.tokens[0], frappe.as_json(doc.as_dict()))
		self.assertEqual(sharing.look(self.tokens[0]).view, "ask")
		self.assertEqual(sharing.answer(self.tokens[0], "agree", "", True).view, "agreed")
		doc.reload()
		self.assertEqual((doc.host_word, doc.knows_us), ("Agreed", 1))
		visits.move(doc.name, "Closed")

	def test_who_came_to_us_is_thanked_for_coming(self):
		frappe.db.set_value(
			"CX Visit", self.visit.name, {"type": "Briefing", "aim": "How the night shift works."}
		)
		self.visit.reload()
		self.share()
		self.assertIn("thank you for coming on", self.mails[0].text)
		self.assertNotIn("thank you for the visit to", self.mails[0].html)
		self.assertEqual(self.mails[0].subject, "Your visit to us: what we heard")
		for form in (self.mails[0].text, self.mails[0].html):
			self.assertIn("How the night shift works.", form)

	def test_a_correction_blocks_closing_until_it_is_amended_and_every_version_is_kept(self):
		doc = self.share()
		with self.assertRaises(frappe.ValidationError):
			visits.move(doc.name, "Closed")
		self.assertEqual(
			sharing.answer(self.tokens[0], "correct", "It is at six, not seven.").view, "corrected"
		)
		sharing.answer(self.tokens[0], "correct", "It is at six, not seven.")
		with self.assertRaisesRegex(frappe.ValidationError, "Amend it first"):
			visits.move(doc.name, "Closed")
		sharing.amend(doc.name, "The time was wrong", report="They wait for the printer at six.")
		doc.reload()
		self.assertEqual([row.what for row in doc.versions], ["Shared", "The host corrected", "Amended"])
		self.assertEqual(doc.versions[0].report, "They wait for the printer at seven.")
		self.assertEqual(doc.versions[2].number, 2)
		self.assertIn("The time was wrong", self.mails[1].html)
		self.assertEqual(sharing.look(self.tokens[0]).view, "unknown", "the old link is spent")
		self.assertEqual(sharing.look(self.tokens[1]).version, 2)

	def test_who_agreed_to_a_version_is_asked_again_about_the_next(self):
		doc = self.share()
		sharing.answer(self.tokens[0], "agree", "", True)
		frappe.db.set_value("CX Visit", doc.name, "correct_until", add_days(getdate(), -1))
		sharing.amend(doc.name, "We forgot the gate", report="They wait at the gate.")
		page = sharing.look(self.tokens[1])
		self.assertEqual((page.view, page.version), ("ask", 2), "they have not seen this version")
		doc.reload()
		self.assertEqual(getdate(doc.correct_until), getdate(add_days(getdate(), 5)))
		with self.assertRaisesRegex(frappe.ValidationError, "can correct the report until"):
			visits.move(doc.name, "Closed")
		sharing.answer(self.tokens[1], "agree", "")
		doc.reload()
		self.assertEqual((doc.host_word, doc.knows_us), ("Agreed", 1), "their word on us stays")
		visits.move(doc.name, "Closed")

	def test_a_shared_report_is_not_changed_silently(self):
		doc = self.share()
		doc.report = "Nothing happened."
		with self.assertRaisesRegex(frappe.ValidationError, "Amend the report"):
			doc.save(ignore_permissions=True)
		with self.assertRaises(frappe.ValidationError):
			sharing.amend(doc.name, "", report="x")
		with self.assertRaises(frappe.ValidationError):
			sharing.amend(doc.name, "No change")

	def test_markup_of_a_host_is_text_in_the_form(self):
		doc = self.share()
		sharing.answer(self.tokens[0], "correct", "<b>Six</b>, not <img src=x onerror=alert(1)> 5 < 7.")
		doc.reload()
		self.assertNotIn("<b>", doc.versions[-1].note)
		self.assertNotIn("<img", doc.versions[-1].note)
		self.assertIn("‹b›Six‹/b›", doc.versions[-1].note)

	def test_the_hosts_words_after_the_time_are_a_voice(self):
		doc = self.share()
		frappe.db.set_value("CX Visit", doc.name, "correct_until", add_days(getdate(), -1))
		self.assertEqual(sharing.answer(self.tokens[0], "correct", "You forgot the scanner.").view, "over")
		self.assertTrue(
			frappe.db.exists("CX Voice", {"origin": ("like", f"host:{doc.name}:%"), "unit": kit.UNIT})
		)

	def test_a_mail_that_answers_the_report_is_heard_once(self):
		doc = self.share()
		for sender, subject, heard in (
			(kit.HOST, "Re: Our visit", 1),
			(self.people.agent, "Re: Our visit", 0),
			(kit.HOST, "Automatic reply: Our visit", 0),
		):
			mail = frappe.get_doc(
				{
					"doctype": "Communication",
					"communication_type": "Communication",
					"sent_or_received": "Received",
					"reference_doctype": "CX Visit",
					"reference_name": doc.name,
					"sender": sender,
					"subject": subject,
					"content": "<p>You forgot the scanner.</p>",
				}
			).insert(ignore_permissions=True)
			mail.save(ignore_permissions=True)
			self.assertEqual(frappe.db.count("CX Voice", {"origin": f"mail:{mail.name}"}), heard, sender)
		self.assertEqual(frappe.get_doc("CX Visit", doc.name).host_word, None)

	def test_a_wrong_link_shows_nothing(self):
		self.share()
		for token in (None, "", "x" * 43, "' or 1=1 -- and so on and on and on"):
			self.assertEqual(sharing.look(token).view, "unknown")
			self.assertEqual(sharing.answer(token, "agree", "").view, "unknown")

	def test_markup_in_the_report_is_text_in_the_mail(self):
		doc = frappe.get_doc("CX Visit", self.visit.name)
		doc.report = "<script>alert(1)</script>{{ 7*7 }}"
		doc.save(ignore_permissions=True)
		visits.move(doc.name, "Shared", key="share")
		self.assertNotIn("<script>", self.mails[0].html)
		self.assertIn("{{ 7*7 }}", self.mails[0].html)


class TestClosing(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		cls.people = kit.people()

	def test_not_with_voices_that_nobody_triaged_or_owns(self):
		doc = kit.held(self.people.agent, type="Floor-walk", report="Seen.")
		voice = entries.take(doc.name, "entry-aaaaaaaaaaaaaaaa", "Said", "It is slow.", "Hanna")["voice"]
		with self.assertRaisesRegex(frappe.ValidationError, "impact and way: 1"):
			visits.move(doc.name, "Shared", key="hand_over", note="by hand")
		point = frappe.db.get_value("CX Visit Voice", {"voice": voice})
		triage.decide(point, "Waiting", "Delay", "Training", reason="The shift leads learn the short way")
		visits.move(doc.name, "Shared", key="hand_over", note="on paper, to Hanna")
		gone = kit.kit.user("visitgone", "Agent", enabled=0)
		frappe.db.set_value("CX Voice", voice, "responsible", gone)
		with self.assertRaisesRegex(frappe.ValidationError, "without an enabled owner"):
			visits.move(doc.name, "Closed")
		frappe.db.set_value("CX Voice", voice, "responsible", self.people.agent)
		self.assertEqual(visits.move(doc.name, "Closed").state, "Closed")

	def test_the_visitor_does_not_share_where_there_is_a_liaison(self):
		doc = kit.held(self.people.agent, report="Seen.")
		frappe.set_user(self.people.agent)
		self.addCleanup(frappe.set_user, "Administrator")
		with self.assertRaisesRegex(frappe.ValidationError, "Only the liaison"):
			visits.move(doc.name, "Shared", key="hand_over", note="x")
		frappe.set_user(self.people.liaison)
		self.assertEqual(visits.move(doc.name, "Shared", key="hand_over", note="on paper").state, "Shared")

	def test_a_visit_with_voices_is_not_deleted(self):
		doc = kit.held(self.people.agent)
		entries.take(doc.name, "entry-bbbbbbbbbbbbbbbb", "Seen", "Two screens, one in use.")
		frappe.set_user(self.people.manager)
		self.addCleanup(frappe.set_user, "Administrator")
		with self.assertRaisesRegex(frappe.ValidationError, "stays"):
			frappe.delete_doc("CX Visit", doc.name)


class TestWhoSees(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		cls.people = kit.people()

	def setUp(self):
		self.visit = kit.held(self.people.agent)
		self.addCleanup(frappe.set_user, "Administrator")

	def sees(self, user, ptype="read"):
		frappe.set_user(user)
		listed = bool(frappe.get_list("CX Visit", {"name": self.visit.name}))
		allowed = frappe.has_permission("CX Visit", ptype, self.visit.name)
		self.assertEqual(listed, frappe.has_permission("CX Visit", "read", self.visit.name))
		return allowed

	def test_who_takes_part_the_liaison_and_the_manager(self):
		for user in (self.people.agent, self.people.liaison, self.people.manager):
			self.assertTrue(self.sees(user), user)
			self.assertTrue(self.sees(user, "write"), user)
		self.assertFalse(self.sees(self.people.stranger))
		self.assertFalse(self.sees(self.people.liaison, "delete"))

	def test_nobody_writes_oneself_in(self):
		frappe.set_user(self.people.stranger)
		doc = frappe.get_doc("CX Visit", self.visit.name)
		doc.append("people", {"side": "Desk", "user": self.people.stranger})
		with self.assertRaises(frappe.PermissionError):
			doc.save()

	def test_triage_follows_the_visit(self):
		entries.take(self.visit.name, "entry-cccccccccccccccc", "Seen", "A queue at the scanner.")
		for user, expected in ((self.people.agent, 1), (self.people.stranger, 0)):
			frappe.set_user(user)
			self.assertEqual(len(frappe.get_list("CX Visit Voice", {"visit": self.visit.name})), expected)


class TestRepeat(FrappeTestCase):
	"""Through the host's own job, which makes the record on the day of the schedule."""

	def setUp(self):
		frappe.set_user("Administrator")
		self.people = kit.people()
		kit.no_visits()
		self.visit = kit.held(self.people.agent, type="Floor-walk", report="Seen.", aim="The gate.")

	def series(self, name):
		return frappe.get_all("CX Visit", {"auto_repeat": name}, pluck="name", order_by="starts_on")

	def job_of_the_host(self, name):
		from frappe.automation.doctype.auto_repeat.auto_repeat import create_repeated_entries

		frappe.db.set_value("Auto Repeat", name, "next_schedule_date", getdate())
		create_repeated_entries([frappe._dict(name=name)])

	def test_the_liaison_repeats_it_and_one_is_always_planned_ahead(self):
		frappe.set_user(self.people.liaison)
		made = frappe.get_doc("CX Visit", api.repeat_visit(self.visit.name, "Monthly")["visit"])
		self.assertEqual(
			(made.state, getdate(made.starts_on)), ("Planned", getdate(frappe.utils.add_months(getdate(), 1)))
		)
		self.assertEqual(frappe.utils.get_datetime(made.starts_on).time(), self.visit.starts_on.time())
		self.assertFalse(made.report or made.host_word or made.started_at or made.invited_at)
		self.assertEqual(made.aim, "The gate.")
		self.assertEqual([row.user for row in made.people], [self.people.agent])
		frappe.set_user("Administrator")
		self.job_of_the_host(made.auto_repeat)
		last = frappe.get_doc("CX Visit", self.series(made.auto_repeat)[-1])
		self.assertEqual(last.state, "Planned", "on the day itself it would have been logged as held")
		self.assertGreater(getdate(last.starts_on), getdate())

	def test_not_in_the_critical_hours_and_the_repeat_goes_on(self):
		day = getdate(add_days(getdate(), 7))
		name = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
		frappe.db.set_value("CX Business Unit", kit.UNIT, "critical_hours", f"{name} 08:00-18:00")
		self.addCleanup(frappe.db.set_value, "CX Business Unit", kit.UNIT, "critical_hours", None)
		made = frappe.get_doc("CX Visit", api.repeat_visit(self.visit.name, "Weekly")["visit"])
		self.assertGreater(getdate(made.starts_on), day)
		self.assertLess(getdate(made.starts_on).weekday(), 5)
		self.assertFalse(frappe.db.get_value("Auto Repeat", made.auto_repeat, "disabled"))

	def test_a_missed_day_is_made_up(self):
		made = frappe.get_doc("CX Visit", api.repeat_visit(self.visit.name, "Weekly")["visit"])
		frappe.db.set_value("Auto Repeat", made.auto_repeat, "next_schedule_date", add_days(getdate(), -3))
		self.assertEqual((recurring.catch_up(), recurring.catch_up()), (1, 0))
		self.assertEqual(len(self.series(made.auto_repeat)), 3)
		self.assertGreaterEqual(
			getdate(frappe.db.get_value("Auto Repeat", made.auto_repeat, "next_schedule_date")), getdate()
		)

	def test_stopped_and_bad_input(self):
		made = api.repeat_visit(self.visit.name, "Yearly")["visit"]
		with self.assertRaisesRegex(frappe.ValidationError, "repeated already"):
			api.repeat_visit(self.visit.name, "Weekly")
		repeat = frappe.db.get_value("CX Visit", made, "auto_repeat")
		api.stop_repeating(made)
		self.assertTrue(frappe.db.get_value("Auto Repeat", repeat, "disabled"))
		self.assertFalse(self.series(repeat))
		for given in (("Hourly", None), ("Weekly", "2020-01-01"), ("Weekly", "soon")):
			with self.assertRaises(frappe.ValidationError):
				api.repeat_visit(self.visit.name, *given)
		frappe.set_user(self.people.stranger)
		with self.assertRaises(frappe.PermissionError):
			api.repeat_visit(self.visit.name, "Weekly")
