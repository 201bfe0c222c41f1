"""The command ``rnn-tf``, also as ``python -m rnn_tf``."""

import signal
import sys


def main():
    """Run the course's command line; a Ctrl-C while it is still being loaded ends it silently.

    Where the library is installed alone, the command says what brings the course.
    """
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        from rnn_tf.course import cli
    except ModuleNotFoundError as error:
        if error.name.startswith("rnn_tf"):
            raise
        sys.exit(f'rnn-tf: {error}: the course comes with: pip install "rnn-tf[course]"')

    signal.signal(signal.SIGINT, usual)
    cli.main()


if __name__ == "__main__":
    main()
