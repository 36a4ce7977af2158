"""What a device learns in the home where it stands."""
