"""Shows: live boards, statements, exports, alerts, metrics and the command line."""
