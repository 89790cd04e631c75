"""What would be written to bring a directory back: pure, asks nobody.

``planner`` has the whole way: ``cases`` says what is to become of each object, ``choosing`` which are written at all,
``changing``, ``reviving``, ``creating`` and ``deleting`` what is sent of them, ``following`` what comes back with them,
``risks`` what must not be done, and ``steps`` in which order it is done. ``sketch`` is what they all write on.
``undoing`` takes it all back.
"""
