"""Whether this site can hear every voice: findings about mail, jobs, host, mapping and people, each with what to do.

Nothing here changes anything. A check that fails itself is a finding, so that one broken part hides no other.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, get_fullname, now_datetime, pretty_date

from cx_desk.units import voice_owners

OK, WARN, ERROR = "ok", "warn", "error"
RECENT_DAYS = 30
# Below this share of recent tickets with a unit a figure per unit says little.
ENOUGH_COVER = 0.8
SOME_COVER = 0.5
# Jobs and how old their last run may be before somebody should look.
JOBS = {
	"cx_ask_due": timedelta(minutes=30),
	"cx_act_on_answers": timedelta(minutes=30),
	"cx_follow_delivery": timedelta(minutes=30),
	"cx_tell_hooks": timedelta(minutes=30),
	"cx_take_sources": timedelta(minutes=30),
	"cx_reconcile": timedelta(hours=3),
	"cx_follow_initiatives": timedelta(hours=3),
	"cx_nightly": timedelta(hours=50),
	"cx_look_at_units": timedelta(hours=50),
	"cx_look_at_visits": timedelta(hours=50),
	"cx_monday_mail": timedelta(days=8),
}


@dataclass(frozen=True)
class Finding:
	"""One thing looked at. level: ok, warn or error; to_do is empty when nothing needs to be done."""

	level: str
	area: str
	title: str
	to_do: str = ""
	link: str = ""


def examine() -> list[dict]:
	"""Every finding, the checks in the order in which a desk sets things up."""
	findings: list[Finding] = []
	for check in CHECKS:
		try:
			findings += check()
		except Exception as error:
			findings.append(
				Finding(
					ERROR,
					_("Doctor"),
					_("The check “{0}” failed: {1}").format(check.__name__.strip("_"), str(error)[:200]),
					_("See the Error Log; the other checks are not affected."),
					"/app/error-log",
				)
			)
	return [asdict(finding) for finding in findings]


def worst(findings: list[dict]) -> str:
	"""The worst level among the findings."""
	levels = {finding["level"] for finding in findings}
	return next((level for level in (ERROR, WARN) if level in levels), OK)


def _host() -> list[Finding]:
	from cx_desk.host import health

	area = _("Host")
	found = []
	for host in health.versions():
		text = f"{host.app} {host.version}"
		if host.supported:
			found.append(Finding(OK, area, text))
		else:
			found.append(
				Finding(
					ERROR,
					area,
					_("{0} is not supported: from {1} up to, not including, {2}").format(
						text, host.low, host.below
					),
					_("Update the app on the bench, or stay on a release of CX Desk that supports it."),
				)
			)
	return found


def _mail_out() -> list[Finding]:
	area = _("Mail out")
	chosen = frappe.get_cached_doc("CX Settings").email_account
	name = chosen or frappe.db.get_value(
		"Email Account", {"default_outgoing": 1, "enable_outgoing": 1}, "name"
	)
	found = []
	if frappe.are_emails_muted():
		found.append(
			Finding(
				ERROR,
				area,
				_("Mail is switched off on this site (mute_emails)"),
				_("Remove mute_emails from site_config.json; queued mail then goes out."),
			)
		)
	if not name:
		found.append(
			Finding(
				ERROR,
				area,
				_("No outgoing mail account"),
				_(
					"Make an Email Account with “Enable Outgoing” and “Default Outgoing”, or choose one in CX Settings."
				),
				"/app/email-account",
			)
		)
		return found
	account = frappe.db.get_value(
		"Email Account", name, ["enable_outgoing", "enable_incoming", "email_id"], as_dict=True
	)
	if account and account.enable_outgoing:
		found.append(
			Finding(OK, area, _("Mail goes out by {0} ({1})").format(name, account.email_id), "", _form(name))
		)
	else:
		found.append(
			Finding(
				ERROR,
				area,
				_("The account {0} in CX Settings cannot send").format(name),
				_("Tick “Enable Outgoing” there, or choose another account in CX Settings."),
				_form(name),
			)
		)
	return found


def _form(account: str) -> str:
	return frappe.utils.get_url_to_form("Email Account", account)


def _mail_in() -> list[Finding]:
	area = _("Mail in")
	chosen = frappe.get_cached_doc("CX Settings").email_account
	name = chosen or frappe.db.get_value(
		"Email Account", {"default_outgoing": 1, "enable_outgoing": 1}, "name"
	)
	if not name:
		return []
	address, incoming = frappe.db.get_value("Email Account", name, ["email_id", "enable_incoming"])
	receiving = incoming or frappe.db.exists("Email Account", {"email_id": address, "enable_incoming": 1})
	if receiving:
		return [Finding(OK, area, _("Answers to {0} are received").format(address), "", _form(name))]
	return [
		Finding(
			WARN,
			area,
			_("Answers to {0} are not received: replies by mail are not heard").format(address),
			_("Tick “Enable Incoming” on that account, or send from an account that receives."),
			_form(name),
		)
	]


def _mail_stuck() -> list[Finding]:
	area = _("Mail out")
	since = now_datetime() - timedelta(days=7)
	ours = {"reference_doctype": ["like", "CX %"], "creation": [">", since]}
	failed = frappe.db.count("Email Queue", {**ours, "status": ["in", ["Error", "Expired"]]})
	waiting = frappe.db.count(
		"Email Queue",
		{**ours, "status": "Not Sent", "creation": ["between", [since, now_datetime() - timedelta(hours=1)]]},
	)
	found = []
	if failed:
		found.append(
			Finding(
				ERROR,
				area,
				_("{0} mails of CX Desk failed in the last 7 days").format(failed),
				_("Open the list, read the error, mend the account or the address, and send again."),
				"/app/email-queue?status=Error",
			)
		)
	if waiting:
		found.append(
			Finding(
				WARN,
				area,
				_("{0} mails of CX Desk wait for more than an hour").format(waiting),
				_("Scheduler, workers or the mail account stand still: see the findings about them."),
				"/app/email-queue?status=Not+Sent",
			)
		)
	if cint(frappe.db.get_default("suspend_email_queue")):
		found.append(
			Finding(
				ERROR,
				area,
				_("The mail queue is suspended"),
				_("Open the Email Queue list and choose “Resume Sending”."),
				"/app/email-queue",
			)
		)
	return found or [Finding(OK, area, _("No mail of CX Desk is held up or failed in the last 7 days"))]


def _scheduler() -> list[Finding]:
	from frappe.utils.scheduler import is_scheduler_inactive

	area = _("Jobs")
	if is_scheduler_inactive():
		return [
			Finding(
				ERROR,
				area,
				_("The scheduler is off: nobody is asked, nothing is sent"),
				_("Run “bench --site {0} enable-scheduler” and see that the scheduler process runs.").format(
					frappe.local.site
				),
			)
		]
	return [Finding(OK, area, _("The scheduler is on"))]


def _workers() -> list[Finding]:
	from frappe.utils.background_jobs import get_workers

	area = _("Jobs")
	try:
		queues = {queue for worker in get_workers() for queue in worker.queue_names()}
	except Exception:
		return [
			Finding(
				ERROR,
				area,
				_("The queue (Redis) cannot be reached"),
				_("Start the Redis queue of the bench. What became due meanwhile is done afterwards."),
			)
		]
	missing = [kind for kind in ("short", "default", "long") if not any(kind in queue for queue in queues)]
	if missing:
		return [
			Finding(
				ERROR,
				area,
				_("No worker serves: {0}").format(", ".join(missing)),
				_("Start the workers of the bench (bench start, or supervisor in production)."),
			)
		]
	return [Finding(OK, area, _("Workers serve short, default and long jobs"))]


def last_runs() -> dict:
	"""When each job of CX Desk last ran, by its name."""
	text = frappe.db.get_single_value("CX Settings", "last_runs") or "{}"
	try:
		runs = json.loads(text)
	except ValueError:
		return {}
	return runs if isinstance(runs, dict) else {}


def _jobs() -> list[Finding]:
	area = _("Jobs")
	runs = last_runs()
	found = []
	for job, allowed in JOBS.items():
		run = runs.get(job)
		moment, problem = (run.get("at"), run.get("error")) if isinstance(run, dict) else (run, None)
		if problem:
			found.append(
				Finding(
					ERROR,
					area,
					_("{0} failed {1}").format(job, pretty_date(get_datetime(moment))),
					_("Read the Error Log; the job tries again by itself at its next time."),
					"/app/error-log",
				)
			)
		elif not moment:
			# A Monday mail or a nightly run may lie ahead on a new site.
			patient = allowed >= timedelta(hours=24)
			found.append(
				Finding(
					OK if patient else WARN,
					area,
					_("{0} has not run yet").format(job),
					""
					if patient
					else _("See scheduler and workers above, then look again in a few minutes."),
				)
			)
		elif now_datetime() - get_datetime(moment) > allowed:
			found.append(
				Finding(
					WARN,
					area,
					_("{0} last ran {1}").format(job, pretty_date(get_datetime(moment))),
					_("See scheduler and workers above."),
					"/app/scheduled-job-type",
				)
			)
		else:
			found.append(
				Finding(OK, area, _("{0} last ran {1}").format(job, pretty_date(get_datetime(moment))))
			)
	return found


def _people() -> list[Finding]:
	area = _("People")
	settings = frappe.get_cached_doc("CX Settings")
	found = []
	if voice_owners.is_enabled(settings.desk_manager):
		found.append(
			Finding(
				OK,
				area,
				_("Desk manager: {0}").format(get_fullname(settings.desk_manager)),
				"",
				"/app/cx-settings",
			)
		)
	else:
		found.append(
			Finding(
				ERROR,
				area,
				_("No enabled desk manager: voices without another owner go to {0}").format(
					get_fullname(voice_owners.choose_owner(frappe._dict()))
				),
				_("Choose the desk manager in CX Settings."),
				"/app/cx-settings",
			)
		)
	found += _team_leads(settings)
	return found


def _team_leads(settings) -> list[Finding]:
	from cx_desk.host.names import TEAM

	area = _("People")
	disabled = [row for row in settings.team_leads if not voice_owners.is_enabled(row.user)]
	led = {row.team for row in settings.team_leads if voice_owners.is_enabled(row.user)}
	without = [team for team in frappe.get_all(TEAM, pluck="name", order_by="name") if team not in led]
	found = [
		Finding(
			WARN,
			area,
			_("{0}, lead of {1}, is disabled").format(get_fullname(row.user), row.team),
			_("Choose another lead in CX Settings; until then the desk manager owns the team's voices."),
			"/app/cx-settings",
		)
		for row in disabled
	]
	if without:
		found.append(
			Finding(
				WARN,
				area,
				_("Teams without a lead: {0}").format(_some(without)),
				_(
					"Add them to the team leads in CX Settings; until then the desk manager owns their voices."
				),
				"/app/cx-settings",
			)
		)
	elif led:
		found.append(Finding(OK, area, _("Every team has a lead"), "", "/app/cx-settings"))
	return found


def _some(names: list[str], most: int = 6) -> str:
	text = ", ".join(names[:most])
	return text if len(names) <= most else _("{0} and {1} more").format(text, len(names) - most)


def _mapping() -> list[Finding]:
	from cx_desk.host.names import TICKET

	area = _("Units")
	recent = {"creation": [">", now_datetime() - timedelta(days=RECENT_DAYS)]}
	total = frappe.db.count(TICKET, recent)
	if not total:
		return [Finding(OK, area, _("No tickets in the last {0} days to look at").format(RECENT_DAYS))]
	nowhere = frappe.get_all("CX Business Unit", filters={"is_unassigned": 1}, pluck="name")
	known = frappe.db.count(TICKET, {**recent, "cx_business_unit": ["not in", [*nowhere, ""]]})
	share = known / total
	title = _("{0} of {1} tickets of the last {2} days have a unit ({3} %)").format(
		known, total, RECENT_DAYS, round(100 * share)
	)
	if share >= ENOUGH_COVER:
		return [Finding(OK, area, title)]
	return [
		Finding(
			WARN if share >= SOME_COVER else ERROR,
			area,
			title,
			_("Import who belongs to which unit (address, unit), then accept the suggestions for the rest."),
			"/app/query-report/Tickets Without a Unit",
		)
	]


def _liaisons() -> list[Finding]:
	from cx_desk.units import cover

	area = _("Units")
	units = frappe.get_all(
		"CX Business Unit",
		filters={"disabled": 0, "is_unassigned": 0, "is_group": 0},
		pluck="name",
		order_by="lft",
	)
	if not units:
		return [
			Finding(
				WARN,
				area,
				_("There is one unit only: everything is counted together"),
				_("Add the parts of your business as units when you want figures for each."),
				"/app/cx-business-unit",
			)
		]
	without = [unit for unit in units if not voice_owners.is_enabled(cover.liaison_of(unit).liaison)]
	if not without:
		return [Finding(OK, area, _("Every unit has a liaison today"), "", "/app/cx-liaison-assignment")]
	return [
		Finding(
			WARN,
			area,
			_("{0} of {1} units have no liaison today: {2}").format(len(without), len(units), _some(without)),
			_("Assign a liaison to each, or to a unit above; the report Liaison Cover shows gaps and load."),
			"/app/query-report/Liaison Cover",
		)
	]


def _host_feedback() -> list[Finding]:
	from cx_desk.host import health

	area = _("Host's own feedback")
	return [
		Finding(WARN if switch.clashes else OK, area, switch.title, switch.to_do, switch.link)
		for switch in health.feedback_switches()
	]


def _doors() -> list[Finding]:
	area = _("Doors")
	if not frappe.conf.get("block_endpoints"):
		return [
			Finding(
				OK, area, _("Endpoints are not blocked for people outside the desk (block_endpoints is off)")
			)
		]
	return [
		Finding(
			OK,
			area,
			_(
				"block_endpoints is on. Pages under /cx/ are not affected: nothing needs to be allowed for them"
			),
		)
	]


def _address() -> list[Finding]:
	area = _("Doors")
	url = frappe.utils.get_url()
	if any(part in url for part in ("//localhost", "//127.0.0.1", ".localhost")):
		return [
			Finding(
				WARN,
				area,
				_("Links in mails lead to {0}, which works on this machine only").format(url),
				_("Set host_name in site_config.json to the address under which people reach the site."),
			)
		]
	if url.startswith("http://"):
		return [
			Finding(
				WARN,
				area,
				_("Links in mails are not encrypted: {0}").format(url),
				_("Serve the site by https and set host_name in site_config.json to it."),
			)
		]
	return [Finding(OK, area, _("Links in mails lead to {0}").format(url))]


def _voices() -> list[Finding]:
	from cx_desk.units import told

	area = _("Voices")
	overdue = frappe.db.count("CX Voice", told.overdue_filters())
	if overdue:
		return [
			Finding(
				WARN,
				area,
				_("{0} voices are overdue").format(overdue),
				_("Open the list: take them on, do or decline, and tell the person."),
				"/app/cx-voice/view/list",
			)
		]
	return [Finding(OK, area, _("No voice is overdue"), "", "/app/cx-voice/view/list")]


def _sources() -> list[Finding]:
	area = _("Survey tools outside")
	found = []
	for row in frappe.get_all(
		"CX Survey Source", {"enabled": 1}, ["name", "last_error", "failures", "last_ok"], order_by="name"
	):
		link = f"/app/cx-survey-source/{row.name}"
		refused = frappe.db.count("CX Source Delivery", {"source": row.name, "state": "Not taken"})
		if row.failures:
			title = _("{0} has failed {1} times in a row: {2}").format(row.name, row.failures, row.last_error)
			found.append(Finding(ERROR, area, title, _("Open it and mend what it says."), link))
		elif refused:
			title = _("{0}: {1} answers could not be taken").format(row.name, refused)
			to_do = _("Open one to see why, mend the fields of the source, then “Try again”.")
			found.append(Finding(WARN, area, title, to_do, link))
		else:
			found.append(Finding(OK, area, _("{0} works").format(row.name), "", link))
	return found


CHECKS: tuple[Callable[[], list[Finding]], ...] = (
	_host,
	_people,
	_mapping,
	_liaisons,
	_mail_out,
	_mail_in,
	_mail_stuck,
	_scheduler,
	_workers,
	_jobs,
	_host_feedback,
	_doors,
	_address,
	_voices,
	_sources,
)
