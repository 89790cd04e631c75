"""Storage services that finished files of exports are sent to."""
