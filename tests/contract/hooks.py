"""What the generator of requests has to know of us that a description cannot say.

Nothing here hides an answer: it only leaves out requests whose answer is not ours, or is meant."""

import schemathesis


@schemathesis.hook
def filter_headers(ctx, headers):
    headers = headers or {}
    # The HTTP parser turns control characters away with a bare 400, before any code of ours.
    readable = all(
        character.isprintable() and ord(character) < 256
        for name, value in headers.items()
        for character in f"{name}{value}"
    )
    # A read that is to wait for what never happens answers 503 after two seconds, as it should.
    waits = any(str(name).lower() == "involvement-token" for name in headers)
    return readable and not waits
