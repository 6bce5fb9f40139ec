"""The steps, one file each; their order is in `down_revision`."""
