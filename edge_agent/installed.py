"""What an installer can call on an appliance: what has no script of its own, by the whole path."""

from visit_record.bilingual import Words

AGENT = "sudo -u carewitness /var/lib/carewitness/releases/current/venv/bin/edge-agent"
SETTINGS = "/var/lib/carewitness/settings.toml"
ENROL_SCRIPT = Words("sudo carewitness-enrol --scan（或 /mnt）", "sudo carewitness-enrol --scan (or /mnt)")
