"""What capture and effects count. Label values are names of ours or of Discord's events, and
never anybody's."""

from prometheus_client import Counter

RECORDED = Counter("tallystick_events_recorded", "Events new in the lake.", ["event_type"])
DUPLICATES = Counter("tallystick_duplicates", "Events that were there already.", ["event_type"])
CONFLICTS = Counter(
    "tallystick_conflicts", "Events whose key is taken by another fact.", ["event_type"]
)
IGNORED = Counter("tallystick_ignored", "Payloads that tell no new fact.", ["reason"])
QUARANTINED = Counter(
    "tallystick_quarantined", "Payloads that could not be understood.", ["event_name"]
)
LOST = Counter("tallystick_lost", "Payloads or events that were not recorded.", ["reason"])
ROLES_REFUSED = Counter(
    "tallystick_roles_refused", "Roles that Discord did not let us give or take.", ["way"]
)
NOTICES_REFUSED = Counter("tallystick_notices_refused", "Messages that Discord did not take.")
