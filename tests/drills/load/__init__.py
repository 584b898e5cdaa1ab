"""What the drills of load share: a host that notes when it wrote, partners that ask, and what is held against them."""
