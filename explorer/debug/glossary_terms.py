"""The words of this program and of the field, each in a few sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A word with its meaning.

    Attributes
    ----------
    word : str
        As the glossary lists it.
    meaning : str
        Plain text; words of other terms in it can be linked.
    forms : tuple of str
        Other ways to write it, plurals for instance.
    is_name : bool
        Whether it means something else, a name that a model reads, without its capital letter.
    """

    word: str
    meaning: str
    forms: tuple[str, ...] = ()
    is_name: bool = False


# In which a word of the glossary is none.
PLAIN = (
    "all keys",
    "arrow keys",
    "run a name",
    "run to where",
    "state of Adam",
    "state of the random numbers",
)


TERMS = (
    Term(
        "activation",
        "A number that a pass computes on the way, in contrast to a parameter, which is there "
        "before. All cells of the map right of the parameters are activations.",
        ("activations",),
    ),
    Term(
        "Adam",
        "The optimizer of microGPT. For each parameter it keeps a running mean of its gradients "
        "(m) and of their squares (v), corrects both for having started at 0, and steps by the "
        "learning rate times m over the square root of v. Kingma and Ba published it in 2014.",
        is_name=True,
    ),
    Term(
        "ancestor",
        "A node that another one was computed from, directly or through other nodes. The loss has "
        "almost the whole pass as ancestors.",
        ("ancestors",),
    ),
    Term(
        "attention",
        "The part of a layer in which positions exchange something: each takes a weighted mean of "
        "the values of itself and all earlier positions. The weights come from comparing its "
        "query with their keys.",
    ),
    Term(
        "attention weight",
        "How much a position takes from another one: the softmax of the scores. The weights of "
        "a head at a position are positive and add up to 1.",
        ("attention weights",),
    ),
    Term(
        "autograd",
        "Computing gradients automatically: each operation remembers what it was made from and its "
        "local gradients, so that one walk back from the loss gives the gradient of every number.",
        ("automatic differentiation",),
    ),
    Term(
        "backpropagation",
        "The walk through the graph from the loss to the parameters, consumers before children. "
        "Each node passes its gradient on to its children, times the local gradient, and children "
        "add up what they receive.",
        ("backprop",),
    ),
    Term(
        "backward pass",
        "The second phase of a pass, in which backpropagation computes all gradients.",
        ("backward",),
    ),
    Term(
        "batch",
        "Several documents in one training step. microGPT takes one document a step.",
        ("batches",),
    ),
    Term(
        "beta",
        "One of two settings of Adam: β₁ says how slowly its running mean of gradients forgets, "
        "β₂ how slowly that of their squares does. 0.85 and 0.99 here.",
        ("betas", "β", "β₁", "β₂", "beta 1", "beta 2", "beta1", "beta2"),
    ),
    Term(
        "bias correction",
        "Adam's running means start at 0 and are therefore too small at first. Dividing them by "
        "1 − beta to the power of the step makes up for it.",
        ("bias corrections",),
    ),
    Term(
        "block size",
        "The longest sequence that a model reads, in tokens. 16 here: BOS and 15 letters.",
        ("context length",),
    ),
    Term(
        "bookmark",
        "A moment of a pass to come back to, with a note: where the cursor stood, and which "
        "node was selected.",
        ("bookmarks",),
    ),
    Term(
        "BOS",
        "Beginning of sequence: the token before the first letter. In microGPT it also stands "
        "after the last one, and a name that is made up ends when it is drawn.",
    ),
    Term(
        "breakpoint",
        "Where Continue stops: at a node, a source line, a scope, an operation, or wherever a "
        "condition holds.",
        ("breakpoints",),
    ),
    Term(
        "causal",
        "A position may look at itself and at earlier positions, never at later ones: the matrix "
        "of attention weights is a triangle.",
        ("causal triangle",),
    ),
    Term(
        "chain rule",
        "The derivative of a chain of functions is the product of their derivatives. "
        "Backpropagation is the chain rule, applied node by node, and summed over all paths.",
    ),
    Term(
        "chance",
        "What a model would score that finds all tokens equally likely: with 27 tokens a "
        "probability of 1/27 each, and a loss of 3.296.",
    ),
    Term(
        "checkpoint",
        "The parameters, the state of Adam and the state of the random numbers after a training "
        "step: all that is needed to go on from there.",
        ("checkpoints",),
    ),
    Term(
        "child",
        "A node that another one was made from directly. The children of a × b are a and b.",
        ("children",),
    ),
    Term(
        "consumer",
        "A node that another one went into directly. Gradients come from consumers.",
        ("consumers",),
    ),
    Term(
        "contribution",
        "What a node receives from one of its consumers: the local gradient times the consumer's "
        "gradient. A gradient is the sum of its contributions.",
        ("contributions",),
    ),
    Term(
        "cross-entropy",
        "The loss of a prediction: minus the logarithm of the probability that was given to what "
        "really came. 0 for a sure and right prediction, larger the less likely it was held.",
    ),
    Term(
        "cursor",
        "The moment of a pass that is shown: how many events have happened. Everything on screen "
        "is as it was then.",
    ),
    Term(
        "data",
        "The number that a node holds.",
    ),
    Term(
        "data set",
        "The documents that a model is trained on; here a list of names.",
    ),
    Term(
        "dead ReLU",
        "A ReLU whose input is negative, so that it gives 0 and lets no gradient through. In one "
        "pass that is usual; one that is dead at every position of every name learns nothing.",
        ("dead ReLUs",),
    ),
    Term(
        "derivative",
        "How much a result changes, in proportion, when one of its inputs is changed a little. "
        "That of the loss is called gradient here.",
        ("derivatives",),
    ),
    Term(
        "descendant",
        "A node that was computed from another one, directly or through other nodes.",
        ("descendants",),
    ),
    Term(
        "document",
        "What is read in one pass: here one name. It is cut into tokens, with BOS at both ends.",
        ("documents",),
    ),
    Term(
        "dot product",
        "The sum of the products of two vectors' numbers, pair by pair. It is large when the two "
        "point the same way. Queries are compared with keys by it.",
        ("dot products",),
    ),
    Term(
        "embedding",
        "A row of numbers that stands for a token (wte) or a position (wpe). Both are parameters; "
        "their sum is what a position begins with.",
        ("embeddings", "wte", "wpe"),
    ),
    Term(
        "engine",
        "What computes a run: scalar is the published algorithm, one Value after the other; "
        "replay computes the same numbers with numpy, to the last bit, and faster.",
        ("engines",),
    ),
    Term(
        "epoch",
        "One round through the whole data set. 1000 steps of microGPT are a small part of one.",
    ),
    Term(
        "epsilon",
        "A very small number, 1e-8 here, that Adam adds to what it divides by: a parameter without "
        "a gradient would divide by 0. RMSNorm has one of its own.",
        ("ε",),
    ),
    Term(
        "event",
        "One moment of a pass: a node is computed, a contribution is added, a parameter is "
        "updated.",
        ("events",),
    ),
    Term(
        "fan-out",
        "How many times a node is used. A node with several consumers receives a contribution "
        "from each: that is why gradients are added with += and not just set.",
    ),
    Term(
        "forward pass",
        "The first phase of a pass: from the tokens to the loss.",
    ),
    Term(
        "gradient",
        "How much the loss would change, in proportion, if a number were nudged: the derivative "
        "of the loss with respect to it. Positive: raising the number raises the loss.",
        ("gradients", "grad"),
    ),
    Term(
        "gradient check",
        "Comparing a gradient with what it claims: change the number a little up and down, compute "
        "the loss both times, and divide the difference by the distance.",
        ("central difference", "central differences"),
    ),
    Term(
        "gradient descent",
        "Changing all parameters a little against their gradients, over and over, so that the "
        "loss gets smaller.",
    ),
    Term(
        "gradient norm",
        "The length of the vector of all parameters' gradients: the square root of the sum of "
        "their squares. It tells how steep the loss is.",
        ("gradient norms", "grad norm"),
    ),
    Term(
        "graph",
        "All nodes of a pass with the edges from each to its children. It has no cycles: numbers "
        "are made from earlier numbers.",
        ("computation graph",),
    ),
    Term(
        "head",
        "One of several attentions that work side by side in a layer, each on its own part of the "
        "query, key and value vectors. microGPT has four of four numbers.",
        ("heads", "attention head", "attention heads"),
    ),
    Term(
        "hop",
        "A step from a node to one of its children or consumers. The neighbourhood shows what "
        "is few hops away.",
        ("hops",),
    ),
    Term(
        "id",
        "The whole number that stands for a token: letters in alphabetical order from 0 on, and "
        "BOS after them.",
        ("ids", "token id", "token ids"),
    ),
    Term(
        "key",
        "A vector that a position offers to be found by: queries of this and later positions are "
        "compared with it.",
        ("keys",),
    ),
    Term(
        "key/value cache",
        "The keys and values of the positions read so far. They are computed once and kept, so a "
        "new token needs one step of work and not the whole sequence again.",
        ("KV cache", "cache"),
    ),
    Term(
        "layer",
        "Attention and an MLP, one after the other, each added to the residual stream. microGPT "
        "has one; large models have a hundred.",
        ("layers",),
    ),
    Term(
        "leaf",
        "A node that was not computed from others: a parameter or a constant.",
        ("leaves",),
    ),
    Term(
        "learning rate",
        "The size of the steps of the optimizer. It begins at 0.01 here and falls to 0 in a "
        "straight line.",
    ),
    Term(
        "ledger",
        "The contributions to a gradient in the order in which they were added, with the sum after "
        "each.",
        ("gradient ledger",),
    ),
    Term(
        "linear layer",
        "A matrix times a vector: one dot product for each row of the matrix. microGPT's have no "
        "biases.",
        ("linear layers",),
    ),
    Term(
        "lm_head",
        "The language-model head: the matrix that turns the last vector of the residual stream "
        "into a logit for each token.",
        ("language-model head",),
    ),
    Term(
        "local gradient",
        "The derivative of one operation's result with respect to one of its inputs, all else "
        "left alone. Of a × b with respect to a it is b. The chain rule multiplies them.",
        ("local gradients",),
    ),
    Term(
        "logit",
        "A score for a token to come next, of any size and sign. Softmax turns logits into "
        "probabilities.",
        ("logits",),
    ),
    Term(
        "loss",
        "How wrong the model was: the mean of the cross-entropies of all positions. Training "
        "makes it smaller.",
        ("losses",),
    ),
    Term(
        "map",
        "The picture of a pass in which every node is one cell: a column for each position, in "
        "it the blocks in the order in which they are computed.",
    ),
    Term(
        "matrix",
        "A table of numbers. The parameters of a linear layer are one; a row of it and a vector "
        "make a dot product.",
        ("matrices",),
    ),
    Term(
        "mean loss",
        "The mean of the losses of all positions of a document: the number that the backward "
        "pass starts from.",
    ),
    Term(
        "micrograd",
        "Andrej Karpathy's autograd engine for scalars, of about a hundred lines; the Value of "
        "microGPT is its grandchild.",
    ),
    Term(
        "MLP",
        "Multilayer perceptron, the second half of a layer: it widens the vector fourfold, "
        "rectifies it with ReLU, and narrows it again, for each position by itself.",
        ("MLPs", "multilayer perceptron"),
    ),
    Term(
        "model",
        "The parameters, and the rules that make probabilities of them and some tokens.",
        ("models",),
    ),
    Term(
        "neighbourhood",
        "The selected node with its children and consumers, and theirs, a few hops far.",
    ),
    Term(
        "node",
        "One Value of the graph: a number with its gradient, its children and its local gradients. "
        "One cell of the map.",
        ("nodes",),
    ),
    Term(
        "norm",
        "The length of a vector or of all numbers of a matrix: the square root of the sum of "
        "their squares.",
        ("norms",),
    ),
    Term(
        "nudge",
        "A small change of a number, to see what becomes of the loss.",
    ),
    Term(
        "operation",
        "What made a node of its children: a sum, a product, a power, exp, log or ReLU.",
        ("operations",),
    ),
    Term(
        "optimizer",
        "What turns gradients into new parameters; here Adam.",
    ),
    Term(
        "parameter",
        "A number that the optimizer changes. A microGPT of the published shape has 4,192 of them, "
        "all drawn at random at first.",
        ("parameters", "weights"),
    ),
    Term(
        "pass",
        "One forward and one backward pass over one document, and the update that follows.",
    ),
    Term(
        "PCA",
        "Principal component analysis: of all ways to lay vectors of many numbers flat, the one "
        "that keeps most of their differences. The algorithm does not do it; it is for the eye.",
        ("principal components", "principal component analysis"),
    ),
    Term(
        "perplexity",
        "The exponential of the mean loss: among how many equally likely tokens the model is in "
        "doubt, so to speak. 27 is chance.",
    ),
    Term(
        "phase",
        "One of the three parts of a pass: the forward pass, the backward pass, and the update.",
        ("phases",),
    ),
    Term(
        "position",
        "A place in the sequence. It reads one token and predicts the next one, its target.",
        ("positions",),
    ),
    Term(
        "probability",
        "How likely the model holds a token to come next. The probabilities of all tokens add up "
        "to 1.",
        ("probabilities",),
    ),
    Term(
        "query",
        "A vector in which a position says what it looks for among the keys.",
        ("queries",),
    ),
    Term(
        "rank",
        "The place of a token if all are put in the order of their probabilities: 1 is the "
        "likeliest.",
        ("ranks",),
    ),
    Term(
        "relative error",
        "The difference of two numbers, divided by the larger one. In a gradient check it says "
        "how far the measured gradient is off.",
        ("relative errors",),
    ),
    Term(
        "ReLU",
        "Rectified linear unit: negative numbers become 0, others stay. The only bend in "
        "microGPT's MLP; without it, two linear layers would be no more than one.",
        ("ReLUs",),
    ),
    Term(
        "replay",
        "Computing a pass again with other numbers from its recorded graph, in numpy, to the last "
        "bit as the scalar code would. It makes training fast and numbers draggable.",
    ),
    Term(
        "residual connection",
        "Adding what a block computed to what it was given, instead of replacing it. Gradients "
        "find a straight way back through it.",
        ("residual connections", "residual"),
    ),
    Term(
        "residual stream",
        "The vector of a position on its way through the layers: each block reads it and adds to "
        "it.",
    ),
    Term(
        "RMSNorm",
        "Root mean square normalisation: a vector is scaled so that the mean of its squares is 1. "
        "microGPT does it to the embedding, and before attention and MLP.",
        ("root mean square normalisation",),
    ),
    Term(
        "run",
        "A training of a model from some parameters on, with all its training steps kept.",
        ("runs",),
    ),
    Term(
        "sample",
        "A name that a model made up.",
        ("samples",),
    ),
    Term(
        "sampling",
        "Letting the model write: draw a token at random by its probabilities, read it, and so on "
        "until BOS is drawn.",
        ("sampled",),
    ),
    Term(
        "scalar",
        "A single number, in contrast to vectors and tensors.",
        ("scalars",),
    ),
    Term(
        "scope",
        "A named region of the computation, from the functions that were called: position 3 / "
        "attention / head 2 / softmax.",
        ("scopes",),
    ),
    Term(
        "score",
        "The dot product of a query and a key over the square root of their length; softmax makes "
        "attention weights of scores.",
        ("scores",),
    ),
    Term(
        "seed",
        "The number that random numbers begin from. The same seed gives the same model, the same "
        "order of names, and the same names made up. Also: the first gradient, d loss / d loss, "
        "which is 1.",
    ),
    Term(
        "softmax",
        "Turns numbers of any size into probabilities: e to the power of each, divided by the sum "
        "of them all.",
    ),
    Term(
        "standard deviation",
        "How far numbers lie from their mean: the square root of the mean of the squared "
        "distances. Parameters are drawn with 0.08 of it at first.",
    ),
    Term(
        "state",
        "How far a gradient has come: not reached, partial while consumers are still to add "
        "their contributions, final, or truly zero; after the update, set back to 0.",
        ("states",),
    ),
    Term(
        "target",
        "The token that really follows, which a position should predict.",
        ("targets",),
    ),
    Term(
        "temperature",
        "What logits are divided by before the softmax in sampling. Below 1 likely tokens become "
        "likelier; above 1 all become more alike.",
    ),
    Term(
        "tensor",
        "A block of many numbers that are computed at once. Real systems work with tensors; "
        "microGPT with one scalar after the other, which is slower and shows everything.",
        ("tensors",),
    ),
    Term(
        "time line",
        "All events of a pass in their order, with its phases. The cursor stands somewhere on it.",
        ("timeline",),
    ),
    Term(
        "token",
        "A piece of text as the model reads it, a whole number from 0 on. Here one letter, or BOS.",
        ("tokens",),
    ),
    Term(
        "tokenizer",
        "What turns text into tokens and back. Here the letters of the data set in alphabetical "
        "order.",
    ),
    Term(
        "topological order",
        "An order of the graph in which children come before consumers. The backward pass walks "
        "it in reverse, so that a gradient is complete before it is passed on.",
    ),
    Term(
        "training",
        "Lowering the loss step by step: gradients by backpropagation, then an update of the "
        "parameters, document after document.",
    ),
    Term(
        "training step",
        "One pass over one document with its update.",
        ("training steps",),
    ),
    Term(
        "transformer",
        "The architecture of layers of attention and MLPs around a residual stream, published by "
        "Vaswani and others in 2017. A GPT is a transformer that predicts the next token.",
    ),
    Term(
        "unit",
        "One number of the wide vector in the middle of an MLP. A unit is off where its ReLU "
        "gives 0.",
        ("units", "MLP unit", "MLP units"),
    ),
    Term(
        "update",
        "The third phase of a pass: Adam changes every parameter, and gradients go back to 0.",
        ("updates",),
    ),
    Term(
        "value",
        "In attention: the vector that a position hands to those that look at it. With a capital "
        "letter, Value is the class of all nodes.",
        ("values",),
    ),
    Term(
        "vector",
        "A row of numbers that belong together, such as the 16 that stand for a token.",
        ("vectors",),
    ),
    Term(
        "vocabulary",
        "All tokens that a model knows: 26 letters and BOS make 27.",
    ),
    Term(
        "watch",
        "A node that is kept in sight: its numbers stand in a list while time is stepped.",
        ("watches",),
    ),
    Term(
        "what-if",
        "Changing a number of a finished pass and seeing what becomes of everything after it.",
        ("what if",),
    ),
    Term(
        "zero, truly",
        "A gradient that is complete and 0: the loss does not depend on the node in this pass. "
        "It is not the same as a gradient that has not been reached yet.",
        ("truly zero",),
    ),
)
