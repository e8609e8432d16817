"""Capture: what Discord tells us becomes events in the lake.

``capture`` takes raw payloads off the client, ``translate`` says which facts they tell,
``sequencer`` numbers the facts to which Discord gives no id, ``capture`` writes them in order.
"""
