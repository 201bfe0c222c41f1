"""Random small models around a recurrent layer, with our layers and with Keras's, compared.

``python -m tests.layers.composition --cases 5000 --seed 1 --jobs 2`` compares many; case ``n`` of
a seed is always the same, so ``--first`` goes on where a run was stopped.

``cases`` draws descriptions, ``models`` builds a model from one, ``ways`` uses a model in one of
the ways that programs do, ``compare`` puts the two side by side and reduces what differs.
"""
