"""State that functions share through the table: runs, jobs, single flight, slots, admission."""
