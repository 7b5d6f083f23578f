"""`python -m bot` is `commonplace`."""

import sys

from bot.cli import main

sys.exit(main())
