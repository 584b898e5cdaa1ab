"""What functions share: runs, jobs, single flight, slots and admission, kept in the table."""
