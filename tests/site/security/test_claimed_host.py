"""A request may claim any host. Whoever sends a mail for the desk must not lead its link, and so its token, to themselves."""

import re
from pathlib import Path

import voice_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import set_request

from cx_desk.host.addresses import site_url
from cx_desk.initiatives import people
from cx_desk.surveys import invitations
from cx_desk.units import voices

EVIL = "evil.example"
APP = Path(__file__).resolve().parents[3] / "cx_desk"
# What makes no mail: pages and forms of whoever asks, and mails that only the scheduler sends.
ELSEWHERE = {
	"units/monday_mail.py",
	"units/personal_copy.py",
	"units/doctor.py",
	"surveys/targets.py",
	"surveys/links.py",
}


class TestClaimedHost(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.before = frappe.conf.get("host_name")
		frappe.conf.host_name = frappe.local.conf.host_name = None
		set_request(method="POST", path="/api/method/x", headers={"Host": EVIL})
		# Otherwise the test would show nothing: the host believes the request.
		self.assertIn(EVIL, frappe.utils.get_url("/x"))

	def tearDown(self):
		frappe.conf.host_name = frappe.local.conf.host_name = self.before
		frappe.local.request = None

	def test_a_message_back_leads_to_this_site(self):
		lead = kit.user("lead", "Agent", "Agent Manager")
		kit.settings(desk_manager=kit.user("manager", "CX Manager"))
		kit.mail_account()
		name = voices.hear("Low answer", "2 of 5", source_email="carla@voicetest.example", responsible=lead)
		kit.walk(name, "Owned", "Done")
		voices.move(name, "Told", message_back="We replaced the gateway.", key="tell")
		[message] = frappe.get_all("Email Queue", {"reference_name": name}, pluck="message")
		# The host's own header names the claimed site; nobody follows it.
		text = message.replace("\r\n", "\n").partition("\n\n")[2].replace("=\n", "")
		self.assertIn("/cx/v/", text)
		self.assertNotIn(EVIL, text)

	def test_so_do_all_links_with_a_token(self):
		for link in (
			invitations.answer_url("token"),
			invitations.unsubscribe_url("token"),
			people.link_for("initiative", "ann@voicetest.example"),
		):
			self.assertIn("/cx/", link)
			self.assertNotIn(EVIL, link)

	def test_own_names_are_believed(self):
		"""With them comes the port, and https where a proxy says so."""
		for host in (frappe.local.site, f"{frappe.local.site}:8443", "127.0.0.1:8000", "localhost"):
			set_request(path="/", headers={"Host": host, "X-Forwarded-Proto": "https"})
			self.assertTrue(site_url("/x").startswith(f"https://{host}"), site_url("/x"))
		frappe.conf.domains = ["desk.example", {"domain": "other.example"}]
		self.addCleanup(frappe.conf.pop, "domains")
		for host in ("desk.example", "OTHER.example"):
			set_request(path="/", headers={"Host": host})
			self.assertIn(host.lower(), site_url("/x").lower())
		for host in (
			"evil.example",
			f"{frappe.local.site}.evil.example",
			f"x@{EVIL}",
			f"evil-{frappe.local.site}",
		):
			set_request(path="/", headers={"Host": host})
			self.assertEqual(site_url("/x").partition("//")[2].split(":")[0].split("/")[0], frappe.local.site)

	def test_no_mail_asks_the_host_for_the_address(self):
		found = {
			str(path.relative_to(APP))
			for area in ("units", "surveys", "immersion", "initiatives", "relationship", "host")
			for path in (APP / area).rglob("*.py")
			if re.search(r"\bget_url\(", path.read_text(encoding="utf-8"))
		}
		self.assertEqual(found - ELSEWHERE, {"host/addresses.py"})
