"""The config front end: one YAML document in, one problem out, and a place for every error."""
