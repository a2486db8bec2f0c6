"""HTML and SVG as plain functions: data in, text out, everything escaped. For the site's pages and the command."""
