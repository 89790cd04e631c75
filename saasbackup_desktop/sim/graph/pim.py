"""Contacts, calendars and tasks over the pretend Graph: all their addresses."""

from typing import Final

from saasbackup_desktop.sim.graph import events, people, todo

ROUTES: Final = [*people.ROUTES, *events.ROUTES, *todo.ROUTES]
