"""`python -m admin.client` writes the client anew from the OpenAPI document of this code; `make client` runs it.

With `--document` it prints that document, of which `make console-types` makes the types of the console.
"""

import json
import sys

from admin.client.generate import document, write

if __name__ == "__main__":
    if sys.argv[1:] == ["--document"]:
        json.dump(document(), sys.stdout)
    else:
        write(document())
