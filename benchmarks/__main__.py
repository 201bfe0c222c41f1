from .run import command

command(prog_name="rnn-tf bench")
