"""Whether a living face stands before the camera: measured on staged presentations; see CARD.md."""
