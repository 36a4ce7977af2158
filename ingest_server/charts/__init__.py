"""Charts: values in, SVG text out; declared in Altair, drawn by vl-convert without a browser. Pure."""
