"""What boards are made of: the reader's port, a scene at a point in time, tiles, lists and figures; no HTML."""
