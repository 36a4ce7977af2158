"""What people take away: rows with typed columns in, one file out. Knows nothing of visits."""
