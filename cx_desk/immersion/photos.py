"""Photos of a visit: checked, made small, and rid of their metadata (place, device, time) before they are kept."""

import io

import frappe
from frappe import _

LARGEST_MB = 15
LONGEST_SIDE = 1600
# An image of few bytes can unfold into many: more pixels than any phone's camera takes are refused.
MOST_PIXELS = 80_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "MPO")


def clean(content: bytes) -> bytes:
	"""The picture as a new JPEG that holds nothing but its pixels, turned upright. ValidationError where it is none."""
	from PIL import Image, ImageOps

	if len(content) > LARGEST_MB * 1024 * 1024:
		frappe.throw(
			_("The photo has {0} MB; at most {1} MB are taken. Take it again in a smaller size.").format(
				len(content) // (1024 * 1024), LARGEST_MB
			),
			title=_("Photo too large"),
		)
	try:
		# First the header alone, before anything is unfolded.
		with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
			width, height = picture.size
			if width * height > MOST_PIXELS:
				raise ValueError("too many pixels")
			picture = ImageOps.exif_transpose(picture)
			picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
			flat = picture.convert("RGB")
	except Exception:
		frappe.throw(
			_(
				"This is no photo that can be read (JPEG, PNG or WebP). Take it again, or send the sentence without it."
			),
			title=_("No photo"),
		)
	# A new image of the pixels alone: nothing of the old file's blocks comes along.
	bare = Image.new("RGB", flat.size)
	bare.paste(flat)
	out = io.BytesIO()
	bare.save(out, format="JPEG", quality=82, optimize=True)
	return out.getvalue()


def attach(voice: str, entry: str, content: bytes) -> str:
	"""Keep a photo that was cleaned with a voice, privately, once; the name of the File."""
	known = frappe.db.get_value("File", {"attached_to_doctype": "CX Voice", "attached_to_name": voice})
	if known:
		return known
	doc = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"visit-{entry[:12]}.jpg",
			"attached_to_doctype": "CX Voice",
			"attached_to_name": voice,
			"content": content,
			"is_private": 1,
		}
	)
	# allowed: the voice was heard by this person in the same request; who sees the photo is decided by the voice
	doc.insert(ignore_permissions=True)
	return doc.name
