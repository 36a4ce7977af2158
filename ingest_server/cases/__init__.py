"""What people make of suspicious visits: cases, their steps and their outcomes. Pure."""
