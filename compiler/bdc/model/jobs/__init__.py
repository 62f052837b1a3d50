"""Jobs: their schedule, their settings, their statements."""
