"""The pages: one module or folder for each thing that a person comes here to do."""
