"""What looks like a mistake and is right: conventions, and reports of bugs that were none."""
