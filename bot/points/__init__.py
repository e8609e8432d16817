"""What commands about points share: levels, boards, reasons, roles as rewards, XP that fades.

``admin`` has the parts of ``/points``.
"""
