"""The templates that are shipped, as data: stages with gates, acceptance criteria, considerations and news.

Sources: domain.md 3 (the 24 criteria after ITIL Service Design appendix B, the considerations). A site gets them once;
what an admin changes afterwards stays. Plain data, so that the model check walks every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from cx_desk.core import initiative as machine
from cx_desk.core.initiative import Stage
from cx_desk.core.readiness import IMPORTANT, MANDATORY, OTHER
from cx_desk.core.words import N_

STAKEHOLDERS, USERS, BOTH = "Stakeholders", "Affected users", "Both"


@dataclass(frozen=True)
class Criterion:
	name: str
	importance: str = MANDATORY
	help: str = ""


@dataclass(frozen=True)
class Consideration:
	title: str
	questions: str = ""
	mandatory: bool = False


@dataclass(frozen=True)
class News:
	"""due: days from go-live, below 0 before it. before_golive: users must have it before they are reached."""

	title: str
	audience: str
	due: int
	notice: int = 0
	before_golive: bool = False


@dataclass(frozen=True)
class Skill:
	"""What somebody of the desk has to know by go-live, and how it is usually learned."""

	skill: str
	learned_by: str = "Briefing"


@dataclass(frozen=True)
class Template:
	"""support_days, support_target: early life support proposed (days; tickets per 100 users and week); exits: by what it
	ends, beside the figures.
	"""

	name: str
	description: str
	stages: tuple[Stage, ...]
	criteria: tuple[Criterion, ...]
	considerations: tuple[Consideration, ...] = ()
	news: tuple[News, ...] = ()
	exits: tuple[str, ...] = ()
	skills: tuple[Skill, ...] = ()
	needs_benefit: bool = False
	support_days: int = 0
	support_target: float = 0.0
	is_default: bool = False


def _stages(*keys: str, gates: dict[str, str] | None = None) -> tuple[Stage, ...]:
	gates = gates or {}
	return tuple(Stage(key, machine.LABELS[key], gates.get(key, "")) for key in machine.MAIN if key in keys)


_START = (machine.DRAFT, machine.SUBMITTED, machine.TRIAGE)
_WHAT_CHANGES = Skill(N_("What changes for users, and what they will ask"))
_WHOM_TO_CALL = Skill(N_("Whom to call when it is beyond us"))
# A project without an assessment of its own: roll-outs and moves.
_PROJECT = (
	*_START,
	machine.APPROVED,
	machine.IN_DELIVERY,
	machine.TRANSITION,
	machine.EARLY_LIFE,
	machine.HANDED_OVER,
	machine.CLOSED,
)

# What several templates ask for stands once.
_DESK_BRIEFED = Criterion(
	N_("The desk is briefed"), MANDATORY, N_("Everybody who answers calls knows what changes.")
)
_ARTICLE = Criterion(
	N_("An article can be found"), MANDATORY, N_("Published, and found by the words users use.")
)
_WAY_BACK = Criterion(N_("There is a way back"), MANDATORY, N_("And somebody who decides to take it."))
_OWNED = Criterion(N_("Somebody owns it"), MANDATORY, N_("A name for afterwards."))
_MAY_USERS, _MAY_END, _DO_WE = (
	N_("May users have it?"),
	N_("May the extra support end?"),
	N_("Do we do it?"),
)
_AFTERWARDS = News(N_("How it went, and where to get help"), BOTH, 5)
_WORK_DONE = N_("Users can do their work with it")
# The first five after ITIL, and two that keep figures honest (domain.md 3).
EXITS = (
	_WORK_DONE,
	N_("The service owner accepts to run it"),
	N_("Service levels were held"),
	N_("The desk knows what it needs to know"),
	N_("Agreements are signed"),
	N_("New wishes are told apart from faults"),
	N_("Open decisions are taken"),
)

SMALL_CHANGE = Template(
	"Small change",
	N_("For a change that a few people feel: three gates, six criteria."),
	_stages(
		*_START,
		machine.IN_DELIVERY,
		machine.EARLY_LIFE,
		machine.HANDED_OVER,
		machine.CLOSED,
		gates={
			machine.IN_DELIVERY: N_("May we start?"),
			machine.EARLY_LIFE: _MAY_USERS,
			machine.HANDED_OVER: _MAY_END,
		},
	),
	(
		Criterion(N_("Affected users are listed"), MANDATORY, N_("Who, and how many.")),
		_DESK_BRIEFED,
		_ARTICLE,
		Criterion(N_("Access works"), MANDATORY, N_("Tried with an ordinary user's account.")),
		_WAY_BACK,
		_OWNED,
	),
	news=(News(N_("What changes, and when"), USERS, -3, 2, True),),
	exits=(_WORK_DONE, N_("The desk answers calls about it by itself")),
	skills=(_WHAT_CHANGES,),
	support_days=10,
	support_target=2.0,
	is_default=True,
)

NEW_APPLICATION = Template(
	"New application",
	N_(
		"For an application that a part of the business brings in: assessed, accepted, supported, its benefit measured."
	),
	_stages(
		*machine.MAIN,
		gates={
			machine.APPROVED: N_("Is it right for us?"),
			machine.TRANSITION: N_("Is it built?"),
			machine.EARLY_LIFE: _MAY_USERS,
			machine.HANDED_OVER: _MAY_END,
		},
	),
	(
		Criterion(N_("Go-live date and warranty period agreed")),
		Criterion(N_("Deployment schedule published to those affected")),
		Criterion(N_("Service level and requirements agreed")),
		Criterion(N_("Catalogue and configuration entries made and linked")),
		Criterion(N_("Stakeholders and affected users identified, with counts")),
		Criterion(N_("User accounts and access path ready")),
		Criterion(N_("Request options and ticket categories exist")),
		Criterion(N_("Desk briefed and trained, attendance recorded")),
		Criterion(N_("Support document, known errors and FAQ published and searchable")),
		Criterion(N_("Support model agreed: hours, tiers, escalation, vendor contacts")),
		Criterion(N_("Test and user acceptance results accepted, open defects listed")),
		Criterion(N_("Monitoring and alerts tested")),
		Criterion(N_("Backup, restore and fail-over tested"), IMPORTANT),
		Criterion(N_("Capacity plan made"), IMPORTANT),
		Criterion(N_("Security review cleared")),
		Criterion(N_("Audit and compliance cleared")),
		Criterion(N_("Operational risks assessed"), IMPORTANT),
		Criterion(N_("Licences and contracts in place"), IMPORTANT),
		Criterion(N_("Patching and end-of-life dates recorded"), OTHER),
		Criterion(N_("Costs and recharges told"), OTHER),
		Criterion(N_("User training and communications done")),
		Criterion(N_("Rollback plan with a decision owner")),
		Criterion(N_("Old service retired, its entries marked"), OTHER),
		Criterion(N_("The named service owner accepts")),
	),
	(
		Consideration(N_("Hosting arrangements"), N_("Where does it run, and who runs it?"), True),
		Consideration(
			N_("Network capacity"), N_("How much traffic, from which sites, at what time of day?"), True
		),
		Consideration(N_("Information security"), N_("Which data does it hold? Who may see them?"), True),
		Consideration(
			N_("Audit requirements"), N_("Which rules apply, and what must be kept for how long?"), True
		),
		Consideration(
			N_("Integration with other systems"),
			N_("Which systems give it data, and which take from it?"),
			True,
		),
		*(
			Consideration(title)
			for title in (
				N_("Identity and access"),
				N_("Data protection and privacy"),
				N_("Data classification and retention"),
				N_("Data migration"),
				N_("Architecture fit"),
				N_("Licensing"),
				N_("Procurement and supplier contract"),
				N_("Performance and capacity"),
				N_("Backup and recovery"),
				N_("Continuity and disaster recovery"),
				N_("Monitoring"),
				N_("Devices and browsers"),
				N_("Remote and mobile use"),
				N_("Accessibility"),
				N_("Language and localisation"),
				N_("Support model and hours"),
				N_("Service catalogue entry"),
				N_("Training"),
				N_("Communications"),
				N_("Cost and recharge"),
				N_("Records and legal"),
				N_("Retirement of the old system"),
			)
		),
	),
	(
		News(N_("It is coming: what and why"), BOTH, -28, 10, False),
		News(N_("Managers are briefed"), STAKEHOLDERS, -10, 7, True),
		News(N_("What you do on the first day"), USERS, -3, 3, True),
		_AFTERWARDS,
	),
	needs_benefit=True,
	exits=EXITS,
	skills=(
		Skill(N_("What the business does with it, seen where it is used"), "Visit"),
		Skill(N_("How access is given and reset")),
		Skill(N_("The first faults to expect, and what helps"), "Training"),
		_WHOM_TO_CALL,
	),
	support_days=28,
	support_target=2.0,
)

ROLL_OUT = Template(
	"Roll-out to users",
	N_("For devices or a new version that many people get, wave by wave."),
	_stages(
		*_PROJECT,
		gates={
			machine.APPROVED: _DO_WE,
			machine.EARLY_LIFE: _MAY_USERS,
			machine.HANDED_OVER: _MAY_END,
		},
	),
	(
		Criterion(N_("Affected users and waves are listed")),
		Criterion(N_("A pilot group used it for a week")),
		_DESK_BRIEFED,
		_ARTICLE,
		Criterion(N_("Access works for an ordinary user")),
		Criterion(N_("Their own programs and printers were tried"), IMPORTANT),
		_WAY_BACK,
		Criterion(N_("Spare devices are at hand"), IMPORTANT),
		_OWNED,
	),
	(Consideration(N_("Network capacity"), N_("What happens when everybody starts at once?"), True),),
	(
		News(N_("When it is your turn"), USERS, -7, 5, True),
		_AFTERWARDS,
	),
	exits=EXITS,
	skills=(_WHAT_CHANGES, Skill(N_("How a device is set up and exchanged"), "Training"), _WHOM_TO_CALL),
	support_days=15,
	support_target=3.0,
)

OFFICE_MOVE = Template(
	"Office move",
	N_("For a site that opens, closes or moves."),
	_stages(
		*_PROJECT,
		gates={
			machine.APPROVED: _DO_WE,
			machine.EARLY_LIFE: N_("May people move in?"),
			machine.HANDED_OVER: _MAY_END,
		},
	),
	(
		Criterion(N_("Everybody who moves is listed, with their equipment")),
		Criterion(N_("Network and wireless measured on the spot")),
		Criterion(N_("Printers and meeting rooms tried")),
		Criterion(N_("Telephone numbers moved or redirected")),
		_DESK_BRIEFED,
		Criterion(N_("Somebody of the desk is there on the first day")),
		Criterion(N_("Doors, badges and emergency calls tried")),
		Criterion(N_("The old site is cleared of equipment and data"), IMPORTANT),
	),
	(
		Consideration(N_("Network capacity"), N_("Line ordered, with which date?"), True),
		Consideration(
			N_("Information security"), N_("Who can walk in? What lies around during the move?"), True
		),
	),
	(News(N_("Your first day in the new place"), USERS, -5, 5, True),),
	exits=EXITS,
	skills=(Skill(N_("The way round the new site: rooms, network, printers"), "Visit"), _WHOM_TO_CALL),
	support_days=10,
	support_target=5.0,
)

DECOMMISSION = Template(
	"Decommission",
	N_("For a service that goes away."),
	_stages(
		*_START,
		machine.ASSESSING,
		machine.APPROVED,
		machine.TRANSITION,
		machine.HANDED_OVER,
		machine.CLOSED,
		gates={machine.APPROVED: N_("Does it go?"), machine.HANDED_OVER: N_("May it be switched off?")},
	),
	(
		Criterion(N_("Everybody who still uses it is listed")),
		Criterion(N_("What they use instead works for them")),
		Criterion(N_("Data are kept or deleted as the rules ask")),
		_DESK_BRIEFED,
		Criterion(N_("It was switched off for a trial and nobody was stopped"), IMPORTANT),
		Criterion(N_("Contracts and licences are ended"), IMPORTANT),
		Criterion(N_("Entries and articles are marked"), OTHER),
	),
	(Consideration(N_("Records and legal"), N_("What must be kept, where and for how long?"), True),),
	(News(N_("It goes on this day, and this is instead"), USERS, -20, 10, True),),
)

SEVEN_STEPS = Template(
	"Seven steps",
	N_("An improvement programme of the desk itself: seven steps, each with dated evidence."),
	_stages(
		*_START,
		machine.IN_DELIVERY,
		machine.BENEFITS,
		machine.CLOSED,
		gates={machine.BENEFITS: N_("Were all steps taken?")},
	),
	(
		Criterion(N_("1 Engage and listen to customers")),
		Criterion(N_("2 Agree on what good looks like to them")),
		Criterion(N_("3 Measure where we stand")),
		Criterion(N_("4 Choose the few things to change")),
		Criterion(N_("5 Change them with the people affected")),
		Criterion(N_("6 Tell everybody what became different")),
		Criterion(N_("7 Look whether it helped, and begin again")),
	),
	needs_benefit=True,
)

SHIPPED = (SMALL_CHANGE, NEW_APPLICATION, ROLL_OUT, OFFICE_MOVE, DECOMMISSION, SEVEN_STEPS)
