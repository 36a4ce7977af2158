"""What a screen may see of visits, and what a caregiver may ask for: between the witness and whatever shows it."""
