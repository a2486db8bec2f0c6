"""Whether a post to an answer page came from a person or from a machine that follows every link.

Mail scanners fetch links, some fill in forms. Evidence for a machine: the field no person sees was filled in, the link
no person sees was followed, many different links were opened within seconds, or the form came back faster than
anybody reads. Evidence for a person: a gesture on the page (a key, a pointer, a touch). A page without scripts
can show no gesture; its answer then counts unless something speaks against it, for nobody may be lost for lack of a
script. For the same reason nobody is refused silently: who is doubted sees the form once more, and what a scanner did
before them no longer counts against a form that is read and sent a second time.
"""

from __future__ import annotations

from dataclasses import dataclass

PERSON, SUSPECTED = "Person", "Suspected machine"

# A form that comes back sooner was read by nobody.
FASTEST_SECONDS = 1.5
# So many different rating links within so many seconds are opened by machines only.
MANY_LINKS = 3
LINK_SECONDS = 10

TRAP_FILLED = "the field that no person sees was filled in"
TRAP_LINK = "the link that no person sees was followed"
ALL_LINKS = "several rating links were opened within seconds"
TOO_FAST = "the form came back sooner than anybody reads"
NO_PAGE = "the form was never shown"
ROBOT = "the program calls itself a robot"

_ROBOTS = ("bot", "crawler", "spider", "scanner", "preview", "curl/", "wget/", "python-requests")


@dataclass(frozen=True)
class Evidence:
	"""What is known of one post.

	seconds: from showing the form to the post, None where the form was never shown or its stamp is not ours.
	gestures: how many the page's script saw, None where no script ran. trap_filled, trap_link: see above.
	links_opened: different rating links of this invitation opened within LINK_SECONDS. agent: User-Agent.
	signed_in: the post belongs to a session of somebody who logged in. asked_again: the form was shown a second time,
	with the request to send it once more, and this is the answer to that.
	"""

	seconds: float | None
	gestures: int | None = None
	trap_filled: bool = False
	trap_link: bool = False
	links_opened: int = 0
	agent: str = ""
	signed_in: bool = False
	asked_again: bool = False

	@property
	def excused(self) -> bool:
		"""Whether how the links were opened does not count: a person is there, whatever a scanner did before them."""
		return bool(self.gestures or self.asked_again)


def judge(evidence: Evidence) -> tuple[str, list[str]]:
	"""PERSON or SUSPECTED, and what speaks for a machine."""
	if evidence.signed_in:
		return PERSON, []
	against = []
	if evidence.trap_filled:
		against.append(TRAP_FILLED)
	if evidence.trap_link and not evidence.excused:
		against.append(TRAP_LINK)
	if evidence.links_opened >= MANY_LINKS and not evidence.excused:
		against.append(ALL_LINKS)
	if evidence.seconds is None:
		against.append(NO_PAGE)
	elif evidence.seconds < FASTEST_SECONDS:
		against.append(TOO_FAST)
	agent = evidence.agent.lower()
	if not agent or any(word in agent for word in _ROBOTS):
		against.append(ROBOT)
	# A script that ran and saw nothing: the form was sent without a key, a pointer or a touch.
	if evidence.gestures == 0:
		against.append("the page's script saw no key, pointer or touch")
	return (SUSPECTED, against) if against else (PERSON, [])
