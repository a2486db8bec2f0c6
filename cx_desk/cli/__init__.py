"""The command line: `score` makes a scorecard from an export, `sample` a demonstration file from an incident log."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from cx_desk import __version__
from cx_desk.cli import sample as samples
from cx_desk.cli.columns import ROLES, map_columns, read_map_file
from cx_desk.cli.counting import FileTally, People, count_file
from cx_desk.cli.reading import InputError, Problems, open_source
from cx_desk.cli.scales import KINDS, SCALES
from cx_desk.cli.scorecard import build, scale_of
from cx_desk.core.render.scorecard import scorecard, summary
from cx_desk.core.render.text import clean

DONE, NOT_ALL_READ, NOT_USABLE, NOT_WRITTEN, INTERRUPTED = 0, 1, 2, 3, 130

_EXIT_CODES = """\
exit codes:
  0  done
  1  --strict, and something could not be read (nothing is written)
  2  the input cannot be used; the message says what to do
  3  the output cannot be written
130  interrupted
"""

_SCORE_EPILOG = f"""\
examples:
  python -m cx_desk score tickets.csv --out scorecard.html
  python -m cx_desk score answers.csv.gz --score "How likely" --kind nps --unit Department
  python -m cx_desk score - --map columns.toml --json numbers.json < export.csv

columns are guessed from the headings and said before they are used; a flag settles one (a heading, or its number
from 1), an empty text leaves it out. A map file has a line for each: score = "Rating", unit = "Customer".
Helpdesk's own list export of tickets is understood as it is: ratings from 0 to 1 are stars, 0 is not rated.

{_EXIT_CODES}"""


def _parser() -> argparse.ArgumentParser:
	parser = argparse.ArgumentParser(
		prog="python -m cx_desk",
		description="CX Desk's numbers on any machine: a scorecard from an export, with intervals, and with nothing "
		"but Python. Installing the app on a site needs bench; see the README.",
		epilog=f"'python -m cx_desk COMMAND --help' tells all about a command.\n\n{_EXIT_CODES}",
		formatter_class=argparse.RawDescriptionHelpFormatter,
	)
	parser.add_argument("--version", action="version", version=f"CX Desk {__version__}")
	commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

	score = commands.add_parser(
		"score",
		help="make a scorecard from tickets or answers (CSV or JSON lines)",
		description="Make a scorecard from tickets or answers: score with interval by unit, team and month, watermelon "
		"matrix, control chart, reasons. Reads CSV and JSON lines, gzip too, of any size.",
		epilog=_SCORE_EPILOG,
		formatter_class=argparse.RawDescriptionHelpFormatter,
	)
	score.add_argument(
		"files", nargs="+", metavar="FILE", help="CSV or JSON lines, also gzipped; - is standard input"
	)
	score.add_argument("--out", metavar="HTML", help="write the scorecard here, as one self-contained page")
	score.add_argument(
		"--json", metavar="JSON", help="write every number here, with n, interval and method; - prints it"
	)
	score.add_argument("--title", help="the scorecard's title")
	score.add_argument("--label", help="a banner on the scorecard, such as 'trial data'")
	columns = score.add_argument_group("columns")
	for role, meaning in ROLES.items():
		columns.add_argument(f"--{role}", metavar="COLUMN", help=meaning)
	columns.add_argument("--map", metavar="TOML", help="a file that names columns, scale and kind")
	meaning = score.add_argument_group("meaning")
	meaning.add_argument("--scale", choices=SCALES, help="the scale of the answers, where the guess is wrong")
	meaning.add_argument(
		"--kind", choices=KINDS, help="csat: top box; nps, net: 0 to 10; ces: effort on 1 to 7"
	)
	meaning.add_argument(
		"--audience",
		choices=("desk", "wide"),
		default="desk",
		help="wide hides groups of fewer than 5 people, and what would give them away (default: desk)",
	)
	meaning.add_argument("--strict", action="store_true", help="fail when anything cannot be read")
	meaning.add_argument("--quiet", action="store_true", help="no progress and no summary, only errors")

	make = commands.add_parser(
		"sample",
		help="make a demonstration file with simulated answers from an incident log",
		description="Add simulated answers to a log of incidents, one row per incident or one per event. What is "
		"written says 'simulated' in its headings, and every scorecard made from it says so too.",
		epilog=_EXIT_CODES,
		formatter_class=argparse.RawDescriptionHelpFormatter,
	)
	make.add_argument("log", metavar="LOG", help="CSV of incidents or of their events, also gzipped")
	make.add_argument(
		"--out", required=True, metavar="CSV", help="write the incidents with simulated answers here"
	)
	make.add_argument(
		"--seed", type=int, default=2016, help="the same seed gives the same answers (default: 2016)"
	)
	return parser


def main(arguments: Sequence[str] | None = None) -> int:
	"""Run a command; the exit code. Messages go to standard error, results to standard output and files."""
	parser = _parser()
	options = parser.parse_args(arguments)
	try:
		if options.command == "sample":
			return _sample(options)
		return _score(options)
	except InputError as error:
		print(f"cx_desk: {clean(error, 2000)}", file=sys.stderr)
		return NOT_USABLE
	except OSError as error:
		print(f"cx_desk: {clean(error, 400)}", file=sys.stderr)
		return NOT_WRITTEN
	except KeyboardInterrupt:
		print("cx_desk: interrupted, nothing was written", file=sys.stderr)
		return INTERRUPTED


class _Progress:
	"""A line on a terminal's standard error every second; nothing where there is no terminal."""

	def __init__(self, quiet: bool):
		self.on = not quiet and sys.stderr.isatty()
		self.rows = 0
		self.started = self.told = time.monotonic()

	def tell(self, source: Any, rows: int) -> None:
		self.rows += rows
		now = time.monotonic()
		if self.on and now - self.told >= 1:
			self.told = now
			part = f"{100 * source.position() / source.size:3.0f} %, " if source.size else ""
			speed = self.rows / (now - self.started)
			print(
				f"\r{clean(source.name, 40)}: {part}{self.rows:,} rows, {speed:,.0f}/s ",
				end="",
				file=sys.stderr,
			)

	def end(self) -> None:
		if self.on and self.told > self.started:
			print("\r" + " " * 78 + "\r", end="", file=sys.stderr)


def _score(options: argparse.Namespace) -> int:
	given: dict[str, str] = {}
	how: dict[str, str] = {}
	said = read_map_file(options.map) if options.map else {}
	for role in ROLES:
		flag = getattr(options, role)
		if flag is not None:
			given[role], how[role] = flag, "by flag"
		elif role in said:
			given[role], how[role] = said[role], "by map file"
	scale, kind = options.scale or said.get("scale"), options.kind or said.get("kind")
	if scale not in (None, *SCALES) or kind not in (None, *KINDS):
		raise InputError(
			f"{options.map}: scale is one of {', '.join(SCALES)} and kind one of {', '.join(KINDS)}"
		)
	if options.files.count("-") > 1:
		raise InputError("standard input can be read only once")
	for path in (options.out, options.json):
		_refuse_overwriting(path, options.files)

	problems, people, progress = Problems(), People(), _Progress(options.quiet)
	tallies: list[FileTally] = []
	for path in options.files:
		source = open_source(path, problems)
		columns = map_columns(source.name, source.headings, given, how)
		if not options.quiet:
			_say_columns(source, columns)
		# Rows make no cycles; looking for some over and over took a third of the time.
		gc.disable()
		try:
			tally = count_file(
				source,
				columns,
				people,
				lambda counted: scale_of(counted, scale, kind),
				lambda rows, source=source: progress.tell(source, rows),
				wide=options.audience == "wide",
			)
		finally:
			gc.enable()
			progress.end()
		tallies.append(tally)
	card = build(
		tallies,
		people,
		problems,
		said_scale=scale,
		said_kind=kind,
		audience=options.audience,
		title=options.title,
		label=options.label,
	)
	if options.strict and problems.count:
		for problem in problems.listed:
			print(f"cx_desk: {clean(problem, 400)}", file=sys.stderr)
		print(f"cx_desk: {problems.count:,} cells or lines could not be read (--strict)", file=sys.stderr)
		return NOT_ALL_READ
	if options.out:
		_write(options.out, scorecard(card))
	if options.json:
		_write(options.json, json.dumps(card, ensure_ascii=False, indent="\t", allow_nan=False) + "\n")
	if not options.quiet and options.json != "-":
		_print(summary(card))
		if options.out:
			_print(f"\n  Written: {options.out} (open it in a browser)\n")
	return DONE


def _print(text: str) -> None:
	"""Print on any terminal: letters that its encoding lacks become question marks."""
	encoding = sys.stdout.encoding or "utf-8"
	sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def _say_columns(source: Any, columns: Any) -> None:
	"""What was found, before it is used."""
	form = ", ".join(text for text in (source.form, source.encoding, source.separator) if text)
	print(f"{clean(source.name)} ({form}):", file=sys.stderr)
	for role, meaning in ROLES.items():
		if role in columns.index:
			heading = clean(source.headings[columns.index[role]], 40)
			print(f"  {role:<10} {heading!r} ({columns.how[role]}): {meaning}", file=sys.stderr)
	missing = [role for role in ROLES if role not in columns.index]
	if missing:
		print(f"  not found: {', '.join(missing)}; name them with --{missing[0]} COLUMN", file=sys.stderr)


def _refuse_overwriting(path: str | None, files: Sequence[str]) -> None:
	if (
		path
		and path != "-"
		and any(
			file != "-" and os.path.exists(path) and os.path.exists(file) and os.path.samefile(path, file)
			for file in files
		)
	):
		raise InputError(f"{path} is an input: write to another file")


def _write(path: str, text: str) -> None:
	"""Write a whole file or none of it."""
	if path == "-":
		_print(text)
		return
	part = f"{path}.part"
	try:
		with open(part, "w", encoding="utf-8", newline="\n") as file:
			file.write(text)
		os.replace(part, path)
	except OSError as error:
		raise OSError(f"{path} cannot be written: {error.strerror or error}") from None


def _sample(options: argparse.Namespace) -> int:
	_refuse_overwriting(options.out, [options.log])
	problems = Problems()
	rows, answers = samples.write(options.log, options.out, options.seed, problems)
	print(
		f"{options.out}: {rows:,} incidents, {answers:,} of them with a simulated answer (seed {options.seed})"
	)
	return DONE
