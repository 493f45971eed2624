"""The parts of a GPT's pass: which nodes are its attention, its residual stream, its logits."""
