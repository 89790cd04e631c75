"""The house keeps its shape: what may stand where, checked by machine."""
