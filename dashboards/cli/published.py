"""`scoreline topics publish` and `accept-gap`: what every worker works with, and going on behind lost records."""

from __future__ import annotations

import os

from dashboards.cli.home import default_home, home_of
from dashboards.cli.options import ByOption, HomeOption, JsonOption
from dashboards.cli.screen import WRONG_USE, fail, out, print_json
from dashboards.cli.topics import kafka_exits
from scoring.definitions.checks import blockers_of
from streams.clock import SystemClock
from streams.folder import folder_texts, load_definitions
from streams.settings import Settings
from streams.topics import KafkaSettings


def publish(home: HomeOption = default_home(), as_json: JsonOption = False) -> None:
    """Check the definitions of the home and make them the ones that all workers use; they start again by themselves."""
    with kafka_exits():
        from streams.topics.reference import publish as put

        place = home_of(home)
        definitions = load_definitions(place.definitions_folder)
        blockers = blockers_of(definitions)
        if blockers:
            told = "\n".join(str(row) for row in blockers)
            raise fail(f"nothing was published; {len(blockers)} thing(s) to settle first:\n{told}", WRONG_USE)
        version = put(KafkaSettings.from_environment(os.environ), folder_texts(place.definitions_folder))
        if as_json:
            print_json({"version": version, "fingerprint": definitions.fingerprint()})
            return
        out.print(f"Published version {version}, fingerprint {definitions.fingerprint()}.", markup=False)
        out.print("Workers notice within 15 seconds, stop, and go on with it when they are started again.")


def accept_gap(by: ByOption, as_json: JsonOption = False) -> None:
    """Go on behind records that are gone from the log; stop the workers first. Audited; what was lost stays lost."""
    with kafka_exits():
        from streams.engines.kafka.identity import accept_gap as accept

        store = Settings.from_environment(os.environ).open_store()
        kafka = KafkaSettings.from_environment(os.environ)
        try:
            said = accept(kafka, store, by, SystemClock().now_us())
        except LookupError as error:
            raise fail(f"{error}; nothing was changed", WRONG_USE) from error
        if as_json:
            print_json(said)
            return
        for row in said:
            out.print(row, markup=False)
        out.print("Noted in the audit log. Start the workers again.")
