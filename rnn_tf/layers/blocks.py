"""A sequence in blocks: steps unrolled inside a block, a loop of the graph between blocks.

A block's tensors stay in the processor's cache, and the graph does not grow with the sequence.
"""

from rnn_tf.backend import tf

#: Sequences up to this length are one block; longer ones go in equal blocks, of a size among
#: ``SIZES`` if one of them divides the length, else of ``BLOCK`` steps after a shorter first one.
UNROLLED = 64
BLOCK = 16
SIZES = (16, 15, 17, 14, 18, 13, 19, 12, 20, 21, 22, 23, 24, 25)


class Blocks:
    """How a sequence is cut: into segments, each a number of equal blocks.

    What ``cut`` gives, and ``over`` takes and gives, is a list with one piece a segment. A piece
    has two methods: ``block(place)``, a list with one value a step, and ``whole()``, all its
    values as one tensor (steps, batch, width).

    Args:
        sequence: (steps, batch, width). Where the number of steps is known only at run time, it
            must be a multiple of ``BLOCK``.
        step_by_step: a loop of single steps in a graph, the smallest graph there is.
    """

    def __init__(self, sequence, *, step_by_step=False):
        num_steps = sequence.shape[0]
        if step_by_step and not tf.executing_eagerly():
            self.segments = [_Looped(1, tf.shape(sequence)[0] if num_steps is None else num_steps)]
        elif num_steps is None:
            self.segments = [_Looped(BLOCK, tf.shape(sequence)[0] // BLOCK)]
        elif num_steps <= UNROLLED or tf.executing_eagerly():
            self.segments = [_Unrolled(num_steps)]
        else:
            size = next((size for size in SIZES if num_steps % size == 0), BLOCK)
            first, count = num_steps % size, num_steps // size
            self.segments = [_Unrolled(first)] * bool(first) + [_Looped(size, count)]

    def cut(self, sequence):
        """Pieces of a (steps, batch, width) tensor; ``None`` at every step for ``None``."""
        pieces, start = [], 0
        for segment in self.segments:
            if sequence is None:
                pieces.append(_Listed([None] * segment.size))
            else:
                pieces.append(segment.cut(sequence[start : start + segment.num_steps]))
            start += segment.num_steps
        return pieces

    def over(self, one_block, sequences, state, widths, *, reverse=False):
        """Call ``one_block(steps, state) -> (made, state)`` block by block.

        Args:
            one_block: ``steps`` has a tuple a step, with a value of each of ``sequences``;
                ``made`` a tuple a step with a (batch, width) tensor for each of ``widths``.
            sequences: lists of pieces.
            state: tuple of (batch, units) tensors, carried from block to block.
            reverse: the last block comes first.

        Returns a list of pieces for each of ``widths``, and the last state.
        """
        places = range(len(self.segments))
        made = dict.fromkeys(places)
        for place in reversed(places) if reverse else places:
            pieces = [sequence[place] for sequence in sequences]
            made[place], state = self.segments[place].over(
                one_block, pieces, tuple(state), widths, reverse
            )
        return [[made[place][n] for place in places] for n in range(len(widths))], state

    def whole(self, pieces):
        """Pieces as one tensor (steps, batch, width)."""
        tensors = [piece.whole() for piece in pieces]
        return tensors[0] if len(tensors) == 1 else tf.concat(tensors, axis=0)


class _Unrolled:
    """One block: the graph has every step in it."""

    def __init__(self, size):
        self.size = self.num_steps = size

    def cut(self, sequence):
        return _Listed(tf.unstack(sequence, num=self.size))

    def over(self, one_block, pieces, state, widths, reverse):
        made, state = one_block(_steps(pieces, 0), state)
        return [_Listed(list(values)) for values in zip(*made, strict=True)], state


class _Looped:
    """``count`` blocks of ``size`` steps in a ``tf.while_loop``."""

    def __init__(self, size, count):
        self.size, self.count, self.num_steps = size, count, size * count

    def cut(self, sequence):
        if self.size == 1:  # read from an array: the gradient of a slice is as long as the whole
            array = tf.TensorArray(
                sequence.dtype, self.count, element_shape=(1, *sequence.shape[1:])
            )
            return _Stored(array.unstack(sequence[:, None]), self.num_steps)
        return _Sliced(sequence, self.size)

    def over(self, one_block, pieces, state, widths, reverse):
        batch_size, dtype = state[0].shape[0], state[0].dtype
        arrays = tuple(
            tf.TensorArray(
                dtype,
                size=self.count,
                element_shape=(self.size, batch_size, width),
                clear_after_read=False,
            )
            for width in widths
        )

        def one_round(done, state, arrays):
            place = self.count - 1 - done if reverse else done
            made, state = one_block(_steps(pieces, place), state)
            arrays = tuple(
                array.write(place, tf.stack(values))
                for array, values in zip(arrays, zip(*made, strict=True), strict=True)
            )
            return done + 1, state, arrays

        _, state, arrays = tf.while_loop(
            lambda done, *_: done < self.count,
            one_round,
            (tf.constant(0), state, arrays),
            parallel_iterations=1,
            # XLA must know how many entries its lists get; counting twice costs quick steps 5 %.
            maximum_iterations=self.count if self.size == 1 else None,
            shape_invariants=(
                tf.TensorShape([]),
                tuple(s.shape for s in state),
                tuple(tf.TensorShape(None) for _ in arrays),
            ),
        )
        return [_Stored(array, self.num_steps) for array in arrays], state


class _Listed:
    """A list with a value a step, never stacked unless wanted whole."""

    def __init__(self, values):
        self.values = values

    def block(self, place):
        return self.values

    def whole(self):
        return tf.stack(self.values)


class _Sliced:
    """A (steps, batch, width) tensor, read in blocks of ``size`` steps."""

    def __init__(self, tensor, size):
        self.tensor, self.size = tensor, size

    def block(self, place):
        # A slice of known size at an unknown start, which XLA can compile too.
        _, batch_size, width = self.tensor.shape
        batch_size = tf.shape(self.tensor)[1] if batch_size is None else batch_size
        part = tf.slice(self.tensor, (place * self.size, 0, 0), (self.size, batch_size, width))
        return tf.unstack(tf.ensure_shape(part, (self.size, *self.tensor.shape[1:])))


class _Stored:
    """An array with an entry a block: what only the way back reads is never put together."""

    def __init__(self, array, num_steps):
        self.array, self.num_steps = array, num_steps

    def block(self, place):
        return tf.unstack(self.array.read(place))

    def whole(self):
        blocks = self.array.stack()
        return tf.reshape(blocks, (self.num_steps, tf.shape(blocks)[2], blocks.shape[3]))


def _steps(pieces, place):
    """One block of several pieces as one tuple a step."""
    return list(zip(*(piece.block(place) for piece in pieces), strict=True))
