"""People and decisions of a company as pure functions: who leads whom, what a leaving or a decision changed."""
