"""How the committed models score real recordings, for the simulator to draw from; see CARD.md."""
