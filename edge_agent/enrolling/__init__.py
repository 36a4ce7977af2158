"""Enrolling by codes: a site's is read by the camera that is fitted, and the device's own request is shown."""
