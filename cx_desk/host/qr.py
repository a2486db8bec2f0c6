"""QR codes, drawn by the library that the host uses for its own second factor."""

from io import BytesIO


def svg(text: str, title: str = "") -> str:
	"""A QR code as an SVG picture that fills its place: black on white, quiet zone included, a quarter may be damaged."""
	import pyqrcode

	target = BytesIO()
	pyqrcode.create(text, error="Q").svg(
		target, scale=8, quiet_zone=4, background="#fff", xmldecl=False, omithw=True, title=title or None
	)
	return target.getvalue().decode()
