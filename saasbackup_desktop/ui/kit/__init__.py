"""The design system: tokens, theme, icons and the widgets that every room is built of."""
