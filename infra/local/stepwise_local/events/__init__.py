"""What invokes functions beside HTTP: queues and schedules."""
