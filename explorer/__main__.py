"""``python -m explorer``: the same as ``microgpt-explorer``."""

import sys

from explorer.cli import main

sys.exit(main())
