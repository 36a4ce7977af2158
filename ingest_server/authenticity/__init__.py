"""How much of somebody's service is genuine, from the verdicts on their visits. Pure but for reading its data files."""
