"""`python -m cx_desk score` over good, odd and hostile input: the right numbers, or a message that says what to do."""

import gzip
import html
import io
import json
import random
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cx_desk.cli import counting, main
from cx_desk.core.intervals import effective_n, wilson
from cx_desk.core.render.text import show
from cx_desk.core.scores import csat

ROOT = Path(__file__).resolve().parents[3]

# As Frappe's list view exports HD Ticket: labels as headings, ratings as shares of five stars, 0 for not rated.
HELPDESK = (
	"ID,Subject,Customer,Team,Status,SLA Status,Raised By (Email),Opening Date,Resolution Date,Rating,Feedback (Option)\n"
	"1,Printer,Branch A,Desk,Closed,Fulfilled,a@x.example,2026-01-05,2026-01-05 10:00:00,1,\n"
	"2,Mail,Branch A,Desk,Closed,Fulfilled,a@x.example,2026-01-06,2026-01-06 10:00:00,0.4,Took too long\n"
	"3,Phone,Branch B,Field,Closed,Failed,b@x.example,2026-01-07,2026-01-08 10:00:00,0.2,Took too long\n"
	"4,Screen,Branch B,Field,Closed,Paused,c@x.example,2026-02-07,2026-02-08 10:00:00,0.9,\n"
	"5,Mouse,Branch B,Field,Open,,c@x.example,2026-02-07,,0,\n"
)


@pytest.fixture
def score(tmp_path, capsys):
	"""Run the command on texts or bytes; (exit code, card or None, what went to the terminal, page)."""

	def run(*contents, flags=(), name="export.csv"):
		files = []
		for index, content in enumerate(contents):
			path = tmp_path / (name if index == 0 else f"{index}-{name}")
			path.write_bytes(content.encode() if isinstance(content, str) else content)
			files.append(str(path))
		out, numbers = tmp_path / "card.html", tmp_path / "card.json"
		for old in (out, numbers):
			old.unlink(missing_ok=True)
		code = main(["score", *files, "--out", str(out), "--json", str(numbers), *flags])
		said = capsys.readouterr()
		card = json.loads(numbers.read_text(encoding="utf-8")) if numbers.exists() else None
		page = out.read_text(encoding="utf-8") if out.exists() else None
		return code, card, said.out + said.err, page

	return run


def test_helpdesks_own_export(score):
	code, card, said, page = score(HELPDESK)
	assert code == 0
	overall = card["overall"]
	assert card["scale"]["name"] == "stars"
	assert overall["counts"] == {
		"1": 1,
		"2": 1,
		"3": 0,
		"4": 0,
		"5": 2,
	}  # 0.9 of five stars is 5, 0 is no answer
	assert (overall["score"]["answers"], overall["score"]["people"], overall["rows"]) == (4, 3, 5)
	assert overall["score"]["value"] == 0.5
	assert overall["score"]["low"] == wilson(2, 4, effective=effective_n([2, 1, 1])).low
	assert [(unit["name"], unit["score"]["value"]) for unit in card["units"]] == [
		("Branch B", 0.5),
		("Branch A", 0.5),
	]
	assert [team["name"] for team in card["teams"]] == ["Field", "Desk"]
	assert card["watermelon"]["met_bad"] == 1
	assert card["watermelon"]["missed_bad"] == 1
	assert card["watermelon"]["unknown"] == 1
	assert card["drivers"]["listed"][0]["name"] == "Took too long"
	assert [month["name"] for month in card["months"]] == ["2026-01", "2026-02"]
	assert overall["few"]
	assert "'Customer' (guessed)" in said
	assert page.count("<script") == 0


# What a Helpdesk 1.25 site wrote for its report view, names and addresses changed: a column of numbers first, every
# text quoted, customers empty, ratings as decimals.
REPORT_VIEW = """"Sr","ID","Subject","Customer","Team","Status","SLA Status","Raised By (Email)","Opening Date","Resolution Date","Rating","Feedback (Option)","owner"
1,"0001","Welcome to Helpdesk","","","Open","First Response Due","john@example.com","2026-11-22","",0.0,"","Administrator"
2,"0689","Password expired (0023163)","","Group 25","Resolved","Fulfilled","leo@house.example","2026-10-07","2026-10-07 12:02:00",0.8,"","Administrator"
3,"0688","Video call drops (0023156)","","Group 73","Open","First Response Due","greta@house.example","2026-10-07","",0.0,"","Administrator"
4,"0687","Screen stays black (0023133)","","Group 70","Resolved","Failed","elif@house.example","2026-10-07","2026-10-07 11:22:00",0.2,"Took too long","Administrator"
"""


def test_a_real_sites_report_view(score):
	code, card, _, _ = score(REPORT_VIEW, name="HD Ticket.csv")
	assert code == 0
	columns = {role: column["heading"] for role, column in card["sources"][0]["columns"].items()}
	assert columns == {
		"score": "Rating",
		"unit": "Customer",
		"team": "Team",
		"date": "Resolution Date",
		"person": "Raised By (Email)",
		"agreement": "SLA Status",
		"driver": "Feedback (Option)",
	}
	assert card["scale"]["name"] == "stars"
	assert (card["overall"]["counts"]["4"], card["overall"]["counts"]["1"], card["overall"]["rows"]) == (
		1,
		1,
		4,
	)
	assert card["units"] == []
	assert card["problems"]["count"] == 0


def test_field_names_instead_of_labels(score):
	text = HELPDESK.replace("Rating", "feedback_rating").replace("SLA Status", "agreement_status")
	text = text.replace("Raised By (Email)", "raised_by").replace("Team", "agent_group")
	code, card, _, _ = score(text)
	assert code == 0
	assert set(card["sources"][0]["columns"]) >= {"score", "unit", "team", "date", "person", "agreement"}


@pytest.mark.parametrize(
	("encoding", "said"),
	[
		("utf-8", "UTF-8"),
		("utf-8-sig", "UTF-8"),
		("cp1252", "Windows-1252"),
		("utf-16", "UTF-16"),
		("utf-16-le", "UTF-16"),
	],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(score, encoding, said, separator):
	rows = [["Customer", "Rating"], *[["Büro Süd", "4"], ["Ärztehaus", "2"]] * 6]
	text = "".join(separator.join(row) + "\r\n" for row in rows)
	code, card, terminal, _ = score(text.encode(encoding))
	assert code == 0
	assert [unit["name"] for unit in card["units"]] == ["Büro Süd", "Ärztehaus"]
	assert said in terminal


def test_a_stray_byte_does_not_lose_the_file(score):
	lines = ["Customer,Rating"] + ["Zürich,5"] * 20
	data = "\n".join(lines).encode() + b"\nGen\xe8ve,3\n"
	code, card, _, _ = score(data)
	assert code == 0
	assert {unit["name"] for unit in card["units"]} == {"Zürich", "Genève"}
	assert card["problems"]["listed"][0]["what"].startswith("bytes that are not UTF-8")
	assert score(data, flags=["--strict"])[0] == 1


def test_gzip_json_lines_and_standard_input(score, tmp_path):
	code, card, _, _ = score(gzip.compress(HELPDESK.encode()), name="export.csv.gz")
	assert code == 0
	assert card["overall"]["score"]["answers"] == 4
	lines = "".join(
		json.dumps({"team": "Desk", "nps": value, "extra": {"deep": 1}, "ok": True}) + "\n"
		for value in (10, 9, 7, 3, 0)
	)
	code, card, _, _ = score(lines, name="answers.jsonl")
	assert code == 0
	assert (card["scale"]["kind"], card["overall"]["score"]["value"]) == ("nps", 0)
	done = subprocess.run(
		[sys.executable, "-m", "cx_desk", "score", "-", "--json", "-", "--quiet"],
		input=HELPDESK.encode(),
		cwd=ROOT,
		capture_output=True,
		check=True,
	)
	assert json.loads(done.stdout)["sources"][0]["name"] == "standard input"


def test_several_files_count_together(score):
	code, card, _, _ = score("Customer,Rating\nA,5\nB,1\n" * 1, "Rating;Customer\n4;A\n3;A\n")
	assert code == 0
	assert card["overall"]["counts"] == {"1": 1, "2": 0, "3": 1, "4": 1, "5": 1}
	assert next(unit for unit in card["units"] if unit["name"] == "A")["score"]["answers"] == 3


def test_files_on_unlike_scales_are_refused(score):
	code, card, said, _ = score("Rating\n5\n1\n", "nps\n9\n0\n")
	assert (code, card) == (2, None)
	assert "score them apart" in said


def test_mixed_scales_in_one_column_are_refused(score):
	code, card, said, _ = score("Rating\n" + "0.8\n0.2\n4\n5\n" * 5)
	assert (code, card) == (2, None)
	assert "mixes two scales" in said
	assert "--scale" in said


def test_impossible_scores_are_named_counted_and_skipped(score):
	text = "Customer,Rating\n" + "A,5\n" * 150 + "A,9\nA,excellent\nA,-3\nA,9\nA,\n"
	code, card, said, page = score(text)
	assert code == 0
	assert card["overall"]["score"]["answers"] == 150
	listed = {
		(each["line"], each["column"]): (each["what"], each["count"]) for each in card["problems"]["listed"]
	}
	assert listed[152, "Rating"] == ("'9' is not on the scale 1-5: skipped", 2)
	assert listed[153, "Rating"] == ("'excellent' is no score: skipped", 1)
	assert listed[154, "Rating"] == ("'-3' is not on the scale 1-5: skipped", 1)
	assert card["problems"]["count"] == 4
	assert "line 152, column Rating" in said
	assert "line 152, column Rating" in page
	code, card, said, page = score(text, flags=["--strict"])
	assert (code, card, page) == (1, None, None)
	assert "line 153" in said


def test_lines_are_right_where_cells_hold_line_breaks(score):
	text = 'Comment,Rating\n"one\ntwo\nthree",5\nplain,4\n"a\nb",banana\n\nx,4\ny,4,too,many\nz\n'
	_, card, _, _ = score(text)
	places = {each["what"].split(":")[0]: each["line"] for each in card["problems"]["listed"]}
	assert places["'banana' is no score"] == 6
	assert places["4 cells where the headings have 2"] == 10
	assert places["1 cells where the headings have 2"] == 11
	assert card["overall"]["score"]["answers"] == 3


@pytest.mark.parametrize(
	("content", "flags", "message"),
	[
		("", [], "is empty"),
		("Name,Age\nx,4\n", [], "--score COLUMN"),
		("Rating\n\n", [], "holds no answers"),
		("Rating\nA\nB\n", [], "look like 'A'"),
		("Rating\n5\n", ["--score", "Score"], "no column 'Score'"),
		("Rating\n5\n", ["--unit", "7"], "no column '7'"),
		('[{"rating": 5}]', [], "one object per line"),
		(b"PK\x03\x04rest", [], "save the sheet as CSV"),
		("Rating\n5\n4\n", ["--scale", "1-5", "--kind", "nps"], "net score needs answers from 0 to 10"),
		("Rating\n250\n900\n", [], "no scale known here"),
		("Rating,Customer\n5,A\n1,B\n", ["--audience", "wide"], "fewer than 5 people"),
		("Rating\n" + "".join(f"{i / 7919}\n" for i in range(1, 6000)), [], "different values"),
	],
	ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_what_cannot_be_used_says_what_to_do(score, content, flags, message):
	code, card, said, page = score(content, flags=flags)
	assert (code, card, page) == (2, None, None)
	assert message in said
	assert "Traceback" not in said


def test_missing_file_folder_and_unwritable_output(tmp_path, capsys):
	assert main(["score", str(tmp_path / "no.csv")]) == 2
	assert main(["score", str(tmp_path)]) == 2
	export = tmp_path / "export.csv"
	export.write_text(HELPDESK)
	assert main(["score", str(export), "--out", str(tmp_path / "no" / "card.html")]) == 3
	assert main(["score", str(export), "--out", str(export)]) == 2
	assert export.read_text() == HELPDESK
	said = capsys.readouterr().err
	assert "cannot be opened" in said
	assert "is a folder" in said
	assert "cannot be written" in said
	assert "write to another file" in said


def test_a_broken_off_gzip_is_said(score):
	data = gzip.compress(
		b"Rating,Customer\n" + b"".join(b"%d,Unit %d\n" % (i % 5 + 1, i * 7919 % 5003) for i in range(30_000))
	)
	code, card, _, _ = score(data[:-2000], name="cut.csv.gz")
	assert code == 0
	assert "breaks off" in card["problems"]["listed"][-1]["what"]


def test_a_map_file_and_flags(score, tmp_path):
	mapping = tmp_path / "columns.toml"
	mapping.write_text(
		'# ours\n[columns]\nscore = "How was it?"\nunit = \'Haus\'\nteam = ""\nscale = "1-7"\nkind = "ces"\n'
	)
	text = "Haus,Team,How was it?\n" + "N,T,7\nN,T,5\nS,T,1\n" * 4
	code, card, _, _ = score(text, flags=["--map", str(mapping)])
	assert code == 0
	assert card["scale"]["kind"] == "ces"
	assert card["overall"]["score"]["value"] == pytest.approx(13 / 3)
	assert card["teams"] == []
	assert card["sources"][0]["columns"]["unit"] == {"heading": "Haus", "how": "by map file"}
	mapping.write_text("score: Rating\n")
	assert score(text, flags=["--map", str(mapping)])[0] == 2
	mapping.write_text('colour = "red"\n')
	code, _, said, _ = score(text, flags=["--map", str(mapping)])
	assert code == 2
	assert "'colour' is unknown" in said


@pytest.mark.parametrize(
	("days", "first", "order"),
	[
		(["2026-03-04", "2026-03-05T10:00:00Z"], "2026-03", "year-month-day"),
		(["04/03/2026", "25/03/2026 10:00"], "2026-03", "day first"),
		(["03/04/2026", "03/25/2026 10:00"], "2026-03", "month first"),
		(["04.03.2026", "5.3.2026 1:00"], "2026-03", "day first (assumed: nothing tells)"),
		(["20260304", "20260305"], "2026-03", "year-month-day"),
	],
)
def test_dates_as_they_come(score, days, first, order):
	_, card, _, _ = score("Date,Rating\n" + "".join(f"{day},4\n" for day in days * 4))
	assert card["months"][0]["name"] == first
	assert card["sources"][0]["dates"] == order


def test_dates_that_are_none_are_named(score):
	_, card, _, _ = score("Date,Rating\n2026-01-01,4\n2026-02-30,5\nsoon,5\n")
	assert [each["what"] for each in card["problems"]["listed"]] == [
		"'2026-02-30' is no date",
		"'soon' is no date",
	]
	assert card["overall"]["score"]["answers"] == 3
	assert card["months"][0]["rows"] == 1


HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	'=HYPERLINK("http://x.example")',
	"{{ 7*7 }}",
	"\x1b[31mred\x1b[0m",
	"‮evil",
	"&lt;already&gt;",
	"a" * 5000,
	"' OR 1=1 --",
]


def test_hostile_text_is_shown_as_text(score):
	buffer = io.StringIO()
	import csv

	writer = csv.writer(buffer)
	writer.writerow(["Customer", "Team", "Reason <b>", "Rating", "Date"])
	for text in HOSTILE:
		for rating in (1, 5):
			writer.writerow([text, text, text, rating, "2026-01-01"])
	writer.writerow(["ok", "ok", "ok", "<script>9</script>", "<i>"])
	code, card, said, page = score(
		buffer.getvalue(), flags=["--driver", "Reason <b>", "--title", "<u>T</u>", "--label", "</p>"]
	)
	assert code == 0
	assert {unit["name"] for unit in card["units"]} >= {HOSTILE[0], HOSTILE[1]}
	assert "\x1b" not in said.replace("\\x1b", "")
	assert "\x1b" not in page
	assert "‮" not in page + said
	tags = _Tags()
	tags.feed(page)
	assert not tags.names & {"script", "img", "b", "u", "i", "iframe", "object", "link"}
	assert not [name for name in tags.attributes if name.startswith("on")]
	assert html.escape(HOSTILE[0]) in page
	assert "&amp;lt;already&amp;gt;" in page


class _Tags(HTMLParser):
	def __init__(self):
		super().__init__()
		self.names, self.attributes, self.data, self.links = set(), set(), [], []
		self._open = None

	def handle_starttag(self, tag, attrs):
		self.names.add(tag)
		self.attributes |= {name for name, _ in attrs}
		self.links += [value for name, value in attrs if name in ("src", "href")]
		if tag == "data":
			self._open = dict(attrs)
			self.data.append([self._open["data-path"], self._open["value"], ""])

	def handle_endtag(self, tag):
		if tag == "data":
			self._open = None

	def handle_data(self, text):
		if self._open:
			self.data[-1][2] += text


def _look_up(card, path):
	found = card
	for step in path.split("."):
		found = found[int(step)] if isinstance(found, list) else found[step]
	return found


def _sample_rows(n=900):
	lines = ["Customer,Team,Resolution Date,Raised By (Email),SLA Status,Rating,Feedback (Option),Asked"]
	for i in range(n):
		rating = ("", 5, 4, 5, 2, 5, 4, 1, 5, 3)[i * 7 % 10]
		reason = "Took too long" if rating in (1, 2) and i % 3 else "Unclear" if rating in (1, 2) else ""
		lines.append(
			f"Unit {i % 37},Team {i % 5},2026-{1 + i % 9:02d}-{1 + i % 28:02d} 09:00:00,p{i % 211}@x.example,"
			f"{'Failed' if i % 6 == 0 else 'Fulfilled'},{rating},{reason},{1 if rating or i % 2 else 0}"
		)
	return "\n".join(lines) + "\n"


def test_every_number_on_the_page_equals_the_json(score):
	code, card, said, page = score(_sample_rows())
	assert code == 0
	tags = _Tags()
	tags.feed(page)
	assert len(tags.data) > 300
	for path, value, text in tags.data:
		number = _look_up(card, path)
		assert float(value) == number, path
		unit = "count" if isinstance(number, int) else "share"
		if path != "change.value":
			assert text in (show(number, unit), show(number, "net")), path
	# Outside these elements no figure is shown but labels of charts, dates and what was read.
	assert not tags.links
	assert (
		card["overall"]["response"]["value"] == card["overall"]["score"]["answers"] / card["overall"]["asked"]
	)
	assert show(card["overall"]["score"]["value"], "share") in said


def test_numbers_are_the_cores_and_order_changes_nothing(score):
	text = _sample_rows()
	_, card, _, _ = score(text)
	head, *lines = text.strip().split("\n")
	_, turned, _, _ = score("\n".join([head, *reversed(lines)]))
	assert turned["overall"] == card["overall"]
	assert turned["units"] == card["units"]
	half = len(lines) // 2
	_, split, _, _ = score("\n".join([head, *lines[:half]]), "\n".join([head, *lines[half:]]))
	for part in ("overall", "units", "teams", "months", "watermelon", "drivers", "chart"):
		assert split[part] == card[part]
	counts = {int(value): n for value, n in card["overall"]["counts"].items()}
	assert card["overall"]["score"]["value"] == csat(counts).value
	for part in ("units", "teams", "months"):
		assert sum(entry["score"]["answers"] for entry in card[part]) == card["overall"]["score"]["answers"]
		assert sum(entry["rows"] for entry in card[part]) == card["overall"]["rows"]
		assert sum(entry["asked"] for entry in card[part]) == card["overall"]["asked"]


def test_people_counted_on_disk_are_the_same(score, monkeypatch):
	_, card, _, _ = score(_sample_rows())
	monkeypatch.setattr(counting.People.__init__, "__defaults__", (10,))
	_, spilled, _, _ = score(_sample_rows())
	assert spilled == card


def test_zero_is_an_answer_only_where_the_scale_has_it(score):
	_, card, _, _ = score("How likely\n" + "0\n10\n9\n" * 3, flags=["--score", "How likely", "--kind", "nps"])
	assert card["overall"]["counts"]["0"] == 3
	_, card, _, _ = score("CSAT\n" + "0\n5\n4\n" * 3)
	assert card["overall"]["score"]["answers"] == 6
	assert card["problems"]["count"] == 0
	_, card, _, _ = score("Satisfied\n" + "0\n1\n1\n" * 3, flags=["--score", "Satisfied"])
	assert card["scale"]["name"] == "0-1"
	assert card["overall"]["score"]["value"] == pytest.approx(2 / 3)
	_, card, _, _ = score("Rating\n" + "0\n1\n1\n" * 3)  # Helpdesk's heading: five stars, and 0 is not rated
	assert card["overall"]["counts"]["5"] == 6


def test_half_points_never_make_a_promoter(score):
	_, card, _, _ = score("NPS\n" + "8.5\n6.5\n9.5\n")
	assert card["overall"]["score"]["value"] == 0


def test_simulated_answers_are_labelled(score):
	_, card, said, page = score("Rating (simulated)\n5\n4\n1\n")
	assert card["label"] == "Sample data, answers simulated"
	assert "Sample data, answers simulated" in page
	assert "Sample data, answers simulated" in said


def test_a_wide_audience_sees_no_small_group(score):
	lines = ["Customer,Team,Raised By (Email),Rating,Feedback (Option)"]
	sizes = {"Tiny": 3, "Small": 6, "Large": 40, "Larger": 60}
	for unit, size in sizes.items():
		lines += [f"{unit},Desk,{unit}{i}@x.example,{1 + i % 5},Rude" for i in range(size)]
	text = "\n".join(lines)
	_, card, said, page = score(text, flags=["--audience", "wide"])
	assert [unit["name"] for unit in card["units"]] == ["Larger", "Large"]
	assert card["hidden"]["units"] == 2
	assert card["drivers"] is None
	for name in ("Tiny", "Small"):
		assert name not in json.dumps(card) + said + page
	_, card, _, _ = score(text)
	assert len(card["units"]) == 4  # the attack succeeds when suppression is off


def test_one_busy_person_is_no_group_of_five(score):
	lines = ["Customer,Raised By (Email),Rating"]
	lines += [f"Busy,one@x.example,{1 + i % 5}" for i in range(50)]
	lines += [f"Big,p{i}@x.example,{1 + i % 5}" for i in range(50)]
	_, card, _, _ = score("\n".join(lines), flags=["--audience", "wide"])
	assert card["units"] == []


def test_no_filter_of_a_wide_scorecard_singles_anybody_out(score):
	"""Random exports; from all sums on the card no set of fewer than five people can be worked out."""
	rng = random.Random(5)
	found_open = 0
	for _ in range(8):
		people = [f"p{i}" for i in range(60)]
		home = {
			person: (f"U{int(rng.expovariate(0.5))}", f"T{int(rng.expovariate(0.9))}") for person in people
		}
		rows = [
			(person, *home[person], rng.randint(1, 5))
			for person in people
			for _ in range(rng.choice((1, 1, 2)))
		]
		text = "Raised By,Customer,Team,Rating\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
		for flags in (["--audience", "wide"], []):
			code, card, _, _ = score(text, flags=flags)
			assert code == 0
			sums = [frozenset(people)]
			for position, part in ((0, "units"), (1, "teams")):
				for entry in card[part]:
					sums.append(
						frozenset(person for person in people if home[person][position] == entry["name"])
					)
			small = [
				left
				for first in sums
				for second in sums
				for left in (first, first - second, first & second if second <= first else first)
				if 0 < len(left) < 5 and (left == first or second <= first)
			]
			rest = [
				sums[0] - frozenset().union(*(s for s in sums[1:] if s in part))
				for part in (
					sums[1 : 1 + len(card["units"])],
					sums[1 + len(card["units"]) :],
				)
			]
			small += [left for left in rest if 0 < len(left) < 5]
			if flags:
				assert small == []
			else:
				found_open += bool(small)
	assert found_open > 4


def test_a_wide_scorecard_of_many_people_shows_units_alone(score, monkeypatch):
	monkeypatch.setattr(counting, "_MOST_CELLS", 500)
	text = _sample_rows(900)
	_, card, _, _ = score(text, flags=["--audience", "wide"])
	assert card["units"]
	assert card["teams"] == card["months"] == []
	assert card["chart"] is None
	monkeypatch.setattr(counting, "_MOST_CELLS", 20)
	code, _, said, _ = score(text, flags=["--audience", "wide"])
	assert code == 2
	assert "in parts" in said


def test_help_is_enough(capsys):
	for arguments, words in (
		(["--help"], ["score", "sample", "exit codes", "--help"]),
		(["score", "--help"], ["--scale", "--audience", "--strict", "exit codes", "examples"]),
		(["sample", "--help"], ["--seed", "simulated"]),
	):
		with pytest.raises(SystemExit) as ended:
			main(arguments)
		assert ended.value.code == 0
		text = capsys.readouterr().out
		assert all(word in text for word in words)
	with pytest.raises(SystemExit) as ended:
		main([])
	assert ended.value.code == 2


def test_the_command_runs_with_nothing_but_python(tmp_path):
	"""No package but cx_desk and the standard library is imported: -S -E leave site-packages out."""
	export = tmp_path / "export.csv"
	export.write_text(HELPDESK)
	done = subprocess.run(
		[
			sys.executable,
			"-S",
			"-E",
			"-m",
			"cx_desk",
			"score",
			str(export),
			"--out",
			str(tmp_path / "card.html"),
		],
		cwd=ROOT,
		capture_output=True,
		text=True,
		check=False,
	)
	assert done.returncode == 0, done.stderr
	assert re.search(r"50\.0 %", done.stdout)
