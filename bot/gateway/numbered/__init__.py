"""The sequences that we number ourselves: what is observed, and the cursor that numbers it."""
