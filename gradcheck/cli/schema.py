"""The command that prints the JSON Schema of configs."""

import json

import click


@click.command(short_help="Print the JSON Schema of configs, for editors.")
def command() -> None:
    """Print the JSON Schema (2020-12) of a config.

    With the YAML extension of an editor it gives completion and checks while typing:
    '# yaml-language-server: $schema=gradcheck.schema.json' in a config's first line.
    """
    from gradcheck.cli._stdout import say
    from gradcheck.session import schema

    say(json.dumps(schema(), indent=2) + "\n")
