"""The program `nas`, also as `python -m nas`."""

import signal

# Before the command line listens to signals, and after it, Ctrl-C ends the program at once instead of in a traceback.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from nas.cli import main

if __name__ == "__main__":
    main()
