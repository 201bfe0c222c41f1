"""The command ``rnn-tf``, also as ``python -m rnn_tf``."""

import signal


def main():
    """Run ``rnn_tf.course.cli``; a Ctrl-C while its modules are still being loaded ends it silently."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from rnn_tf.course import cli

    signal.signal(signal.SIGINT, usual)
    cli.main()


if __name__ == "__main__":
    main()
