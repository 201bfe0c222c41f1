"""Speed, side by side with peers, each in a process of its own: what ``rnn-tf bench`` runs."""
