"""What a final answer says, and whether it is the expected one."""
