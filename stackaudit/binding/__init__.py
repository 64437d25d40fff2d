"""What binding asks of one file: shared scopes, regions, and the prefixes and forms of ids."""
