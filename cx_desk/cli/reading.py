"""Rows out of files: CSV in any usual encoding and separator, JSON lines, gzip, standard input.

Rows come in blocks, so that memory stays flat whatever the file's size. What was detected is kept to be said; what
cannot be read is kept with file, line and column, and skipped.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

# Small enough for a block to stay in the processor's cache: larger ones were slower.
BLOCK_ROWS = 1_024
_SNIFF_BYTES = 256 * 1024
_GZIP_BUFFER = 32 * 1024
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_LONGEST_CELL = 16 * 1024 * 1024
_MOST_PROBLEMS = 50


class InputError(Exception):
	"""The input cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Problem:
	"""Something that could not be read. line: 1 is the heading; 0 where the whole file is meant."""

	file: str
	line: int
	column: str
	what: str
	count: int = 1

	def __str__(self) -> str:
		place = f"{self.file}, line {self.line}" if self.line else self.file
		column = f", column {self.column}" if self.column else ""
		more = f" ({self.count:,} times, first here)" if self.count > 1 else ""
		return f"{place}{column}: {self.what}{more}"


@dataclass
class Problems:
	"""Problems by kind: all are counted, the first ones kept with their place."""

	listed: list[Problem] = field(default_factory=list)
	count: int = 0

	def add(self, problem: Problem) -> None:
		self.count += problem.count
		if len(self.listed) < _MOST_PROBLEMS:
			self.listed.append(problem)


@dataclass
class Block:
	"""Rows of equal width and where they start: `line_of(i)` is the line of the i-th row."""

	rows: list[Sequence[str]]
	lines: Sequence[int]

	def line_of(self, index: int) -> int:
		return self.lines[index]


@dataclass
class Source:
	"""One opened input. name: for people, the file's own name. headings: its columns. form: what was detected."""

	name: str
	headings: list[str]
	form: str
	encoding: str
	separator: str
	size: int | None
	_blocks: Iterator[Block]
	_position: Callable[[], int]

	def blocks(self) -> Iterator[Block]:
		return self._blocks

	def position(self) -> int:
		"""Bytes of the file read so far."""
		return self._position()


class _Counting(io.RawIOBase):
	"""A raw stream that knows how far it has been read; standard input cannot say."""

	def __init__(self, raw: BinaryIO):
		self.raw = raw
		self.count = 0

	def readable(self) -> bool:
		return True

	def readinto(self, buffer) -> int:
		data = self.raw.read(len(buffer))
		buffer[: len(data)] = data
		self.count += len(data)
		return len(data)

	def close(self) -> None:
		if not self.closed and self.raw is not sys.stdin.buffer:
			self.raw.close()
		super().close()


class _Undecodable:
	"""Bytes that are no UTF-8 are read as Windows-1252 and counted: one odd cell must not lose the file."""

	def __init__(self):
		self.count = 0
		self.name = f"cx-desk-{id(self)}"
		codecs.register_error(self.name, self)

	def __call__(self, error: UnicodeError) -> tuple[str, int]:
		if not isinstance(error, UnicodeDecodeError):
			raise error
		self.count += 1
		wrong = error.object[error.start : error.end]
		return wrong.decode("cp1252", "replace"), error.end


def open_source(path: str, problems: Problems) -> Source:
	"""Open a file, or standard input for "-"; InputError where it is missing, empty or no table."""
	name = "standard input" if path == "-" else os.path.basename(path)
	try:
		raw = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115
		size = None if path == "-" else os.path.getsize(path)
	except IsADirectoryError:
		raise InputError(f"{path} is a folder: name the files in it") from None
	except OSError as error:
		raise InputError(f"{path} cannot be opened: {error.strerror or error}") from None
	counting = _Counting(raw)
	stream = io.BufferedReader(counting, 1 << 20)
	try:
		if stream.peek(2)[:2] == b"\x1f\x8b":
			# A small buffer: where the archive breaks off, all but the last few thousand bytes have been read.
			stream = io.BufferedReader(gzip.GzipFile(fileobj=stream), _GZIP_BUFFER)
		start = stream.peek(_SNIFF_BYTES)[:_SNIFF_BYTES]
	except (OSError, EOFError) as error:
		raise InputError(f"{name} cannot be read: {error}") from None
	if not start.strip():
		raise InputError(f"{name} is empty")
	if start[:4] == b"PK\x03\x04":
		raise InputError(f"{name} is a spreadsheet or zip archive: save the sheet as CSV and name that file")
	encoding, codec = _encoding(start)
	undecodable = _Undecodable()
	text = io.TextIOWrapper(stream, codec, errors=undecodable.name, newline="")
	head = start.decode(codec, errors="replace")
	if head.lstrip().startswith("{"):
		headings, blocks = _json_lines(name, text, problems)
		form, separator = "JSON lines", ""
	elif head.lstrip().startswith("["):
		raise InputError(f"{name} is one JSON array: write one object per line instead (JSON lines)")
	else:
		form, separator = "CSV", _separator(head)
		headings, blocks = _csv(name, text, separator, problems)
	return Source(
		name,
		headings,
		form,
		encoding,
		_SEPARATORS.get(separator, ""),
		size,
		_watched(name, blocks, undecodable, encoding, problems),
		lambda: counting.count,
	)


def _watched(name, blocks, undecodable, encoding, problems) -> Iterator[Block]:
	try:
		yield from blocks
	except (OSError, EOFError) as error:
		problems.add(Problem(name, 0, "", f"the file breaks off and was read up to there ({error})"))
	if undecodable.count:
		problems.add(
			Problem(
				name, 0, "", f"bytes that are not {encoding} were read as Windows-1252", undecodable.count
			)
		)


def _encoding(start: bytes) -> tuple[str, str]:
	"""The encoding's name for people and its codec, from a byte order mark or the bytes themselves."""
	for mark, label, codec in (
		(codecs.BOM_UTF8, "UTF-8", "utf-8-sig"),
		(codecs.BOM_UTF32_LE, "UTF-32", "utf-32"),
		(codecs.BOM_UTF32_BE, "UTF-32", "utf-32"),
		(codecs.BOM_UTF16_LE, "UTF-16", "utf-16"),
		(codecs.BOM_UTF16_BE, "UTF-16", "utf-16"),
	):
		if start.startswith(mark):
			return label, codec
	if len(start) > 3 and start[1::2].count(0) > len(start) // 3:
		return "UTF-16 without a mark", "utf-16-le"
	try:
		codecs.getincrementaldecoder("utf-8")().decode(start)
	except UnicodeDecodeError:
		# One stray byte in a UTF-8 file is not a Windows-1252 file: look at what the other bytes say.
		wrong = len(re.findall("�", start.decode("utf-8", "replace")))
		right = len(re.findall(r"[^\x00-\x7f�]", start.decode("utf-8", "replace")))
		if wrong >= right:
			return "Windows-1252", "cp1252"
	return "UTF-8", "utf-8"


def _separator(head: str) -> str:
	"""The separator that splits the first lines most evenly into most cells."""
	lines = head.splitlines(keepends=True)
	sample = "".join(lines[: 51 if len(lines) > 51 else max(1, len(lines) - 1) or 1]) or head
	best, best_rank = ",", (0.0, 0)
	for separator in _SEPARATORS:
		try:
			widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=separator) if row]
		except csv.Error:
			continue
		if widths and widths[0] > 1:
			rank = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
			if rank > best_rank:
				best, best_rank = separator, rank
	return best


def _csv(
	name: str, text: io.TextIOWrapper, separator: str, problems: Problems
) -> tuple[list[str], Iterator[Block]]:
	csv.field_size_limit(_LONGEST_CELL)
	reader = csv.reader(text, delimiter=separator)
	headings: list[str] = []
	while not headings:
		try:
			# Lines above the headings that hold nothing, or one lone title cell, are passed over.
			row = next(reader)
		except StopIteration:
			raise InputError(f"{name} has no headings") from None
		except csv.Error as error:
			raise InputError(f"{name} cannot be read as CSV: {error}") from None
		if any(cell.strip() for cell in row):
			headings = [cell.strip() for cell in row]
	return headings, _csv_blocks(name, reader, len(headings), headings, problems)


def _csv_blocks(name, reader, width: int, headings: list[str], problems: Problems) -> Iterator[Block]:
	ended = False
	while not ended:
		start = reader.line_num
		rows: list = []
		broken = None
		try:
			# extend keeps what it got before an error.
			rows.extend(islice(reader, BLOCK_ROWS))
			ended = not rows
		except csv.Error as error:
			broken = (reader.line_num, error)
		if rows:
			lines: Sequence[int] = range(start + 1, start + 1 + len(rows))
			if reader.line_num - start != len(rows) or broken:
				lines = _lines(rows, start)
			if set(map(len, rows)) != {width}:
				rows, lines = _even(name, rows, lines, width, problems)
			if rows:
				yield Block(rows, lines)
		if broken:
			problems.add(Problem(name, broken[0], "", f"this line cannot be read ({broken[1]})"))


def _lines(rows: list, start: int) -> list[int]:
	"""The line that each row starts on where cells hold line breaks or lines are empty."""
	lines = []
	line = start + 1
	for row in rows:
		lines.append(line)
		line += 1 + sum(cell.count("\n") for cell in row if "\n" in cell)
	return lines


def _even(name, rows, lines, width, problems) -> tuple[list, list[int]]:
	kept, kept_lines = [], []
	for row, line in zip(rows, lines, strict=True):
		if len(row) == width:
			kept.append(row)
			kept_lines.append(line)
		elif not row:
			continue
		elif len(row) > width and not any(cell.strip() for cell in row[width:]):
			kept.append(row[:width])
			kept_lines.append(line)
		else:
			problems.add(
				Problem(name, line, "", f"{len(row)} cells where the headings have {width}: skipped")
			)
	return kept, kept_lines


def _json_lines(name: str, text: io.TextIOWrapper, problems: Problems) -> tuple[list[str], Iterator[Block]]:
	numbered = enumerate(text, start=1)

	def records() -> Iterator[tuple[int, dict]]:
		for line, content in numbered:
			if not content.strip():
				continue
			try:
				record = json.loads(content)
			except (ValueError, RecursionError) as error:
				problems.add(Problem(name, line, "", f"this line is not JSON ({str(error)[:80]}): skipped"))
				continue
			if isinstance(record, dict):
				yield line, record
			else:
				problems.add(Problem(name, line, "", "this line is not a JSON object: skipped"))

	stream = records()
	first = list(islice(stream, 1_000))
	if not first:
		raise InputError(f"{name} holds no JSON objects")
	headings = list(dict.fromkeys(key for _, record in first for key in record))

	def blocks() -> Iterator[Block]:
		batch = first
		while batch:
			rows = [[_cell(record.get(key)) for key in headings] for _, record in batch]
			yield Block(rows, [line for line, _ in batch])
			batch = list(islice(stream, BLOCK_ROWS))

	return headings, blocks()


def _cell(value: object) -> str:
	if value is None:
		return ""
	if isinstance(value, bool):
		return "1" if value else "0"
	return value if isinstance(value, str) else json.dumps(value)
