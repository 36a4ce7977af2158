"""Rules: what one visit is asked, on what knowledge, since when, and what is raised. Data and small classes; pure."""
