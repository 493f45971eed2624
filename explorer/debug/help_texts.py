"""What the help window says: how the program is used, and where everything comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes
    ----------
    title : str
    paragraphs : tuple of str
        Plain text; addresses of web pages in it become links.
    """

    title: str
    paragraphs: tuple[str, ...]


HELP = (
    Section(
        "What you see",
        (
            "Type a name at the top and press Enter. The model makes a pass over it: forward from "
            "the tokens to the loss, backward from the loss to the parameters, and an update of "
            "the parameters. Every number of that is kept.",
            "The map shows all of them. Each cell is one node. The parameters stand at the left, "
            "then one column for each position, computed from top to bottom; blocks of the same "
            "kind stand at the same height. Blue is negative, orange positive; the legend below "
            "the map has the scale. Arrows are residual connections; curves are keys and values "
            "on their way to later positions.",
            "Above the map each position says what it reads, what should come next, and how likely "
            "the model held that.",
        ),
    ),
    Section(
        "Moving on the map",
        (
            "Turn the wheel to zoom at the mouse, drag to move. When cells are large enough they "
            "show their operation, then their numbers, then the formula. A double click enters a "
            "scope, the path below the map leads out again. F zooms to the selection, and F again "
            "shows the whole map.",
            "The digits 1 to 6 choose what the colours tell: data, gradient, operation, the "
            "gradient's state, its size, or fan-out.",
        ),
    ),
    Section(
        "Moving in time",
        (
            "The time line at the bottom has all events of the pass. Drag it, or step: Page Down "
            "and Page Up go one step on and back, and at the top you choose what a step is, from "
            "one contribution to a whole position. Ctrl+Space plays. Everything on screen is as "
            "it was at that moment; nothing is shown before it is computed.",
            "A gradient can be not reached yet, partial, final, or truly zero. These are four "
            "different things, and they have four different colours.",
        ),
    ),
    Section(
        "One node",
        (
            "Click a cell. The inspector at the right has its data and gradient with every digit, "
            "its formula, and the ledger: each contribution to its gradient in the order in which "
            "they were added. A click on an amount travels to the moment when it is added.",
            "Below the map is its neighbourhood: children at the left, consumers at the right. "
            "Arrow keys walk along the edges of the graph. The source pane has the line that made "
            "the node.",
        ),
    ),
    Section(
        "Finding and stopping",
        (
            "Press / and type a part of a scope, op:exp, |grad|>0.1, dead relus, or several of "
            "them. Ctrl+Shift+P finds every command, node and scope by a few letters.",
            "F9 sets a breakpoint at the selected node; others stop at a gradient, a source line, "
            "a scope, an operation or a condition. F5 continues to the next one, Shift+F5 to the "
            "last one. W watches a node, Ctrl+D sets a bookmark on the moment, Ctrl+S saves the "
            "whole session into a file.",
        ),
    ),
    Section(
        "What if",
        (
            "The pane “What if” changes the data of the selected node or parameter, and shows at "
            "once what becomes of everything after it and of the loss, beside what the gradient "
            "predicted. It also checks gradients by central differences.",
        ),
    ),
    Section(
        "Whole names and whole runs",
        (
            "The workspace Name shows the pass by its larger parts: probabilities, attention, "
            "residual stream. The workspace Train trains models in processes of their own, a "
            "thousand training steps in seconds, keeps every checkpoint, and opens any of them in "
            "the debugger.",
            "The workspace Generate makes up names, token by token: it shows the probabilities of "
            "the next token, the random number that is drawn, and where it falls. Another "
            "temperature lets the same number fall elsewhere. Any draw can be stepped through node "
            "by node, and any name opens as a pass.",
        ),
    ),
    Section(
        "Lessons",
        (
            "A lesson is a list of stops, each a whole saved state with a caption and notes. Alt+L "
            "opens the panel of lessons; its menu has seven that are ready-made. Alt+Page Down and "
            "Alt+Page Up go from stop to stop, and whatever you try in between, a stop comes back "
            "as it was.",
            "Ctrl+M records what you see as a stop. Its title, caption and notes can be written in "
            "the panel, stops can be dragged into another order, and the lesson is one file that "
            "can be shared. Numbers in a caption stand in braces, such as {loss}: they are "
            "computed from the pass whenever the stop is shown.",
        ),
    ),
    Section(
        "Lectures",
        (
            "Ctrl+L projects what is being taught, in letters that the last row can read: the "
            "lesson that is open, or the moment you are at. Page Down and Page Up, the keys of a "
            "clicker, walk the stops, or step. B is black, W white; S is a spotlight, M a "
            "magnifier, L a laser dot, I a pen; the digits choose the view, P opens the "
            "presenter's window, ? shows all keys, and Ctrl+L leads back.",
            "Ctrl+Shift+E writes the lesson or some steps as a PDF handout, as pictures, or as an "
            "animated GIF. Ctrl++ and Ctrl+- make all text larger or smaller, here and in the "
            "window.",
        ),
    ),
    Section(
        "If something does not work",
        (
            "A name with letters that the vocabulary does not have, or one that is too long, is "
            "refused with a sentence, and what is on show stays. A pass that fails, by a logarithm "
            "of 0 for instance, ends at the node that failed, and everything before it can be "
            "stepped.",
            "Press ? for all keys, and G for the words.",
            "Words are links wherever they stand: in sentences with a line below them, in titles "
            "once you point at them. Where a click does something else, the right mouse button "
            "offers them, and Ctrl+F1 opens the word of the view in use.",
        ),
    ),
)

ABOUT = (
    Section(
        "microGPT Explorer",
        (
            "A desktop debugger for a GPT small enough to read. It never shows a number that the "
            "algorithm did not compute.",
            "MIT licence. The texts and the code of this program are its authors' own.",
        ),
    ),
    Section(
        "The algorithm",
        (
            "microGPT is Andrej Karpathy's: a whole GPT in about 200 lines of Python without a "
            "library. The package microgpt does the same sequence of floating-point operations in "
            "the same order, so that every bit agrees with the published script. Its parents are "
            "micrograd, makemore and nanoGPT, all by the same author: "
            "https://github.com/karpathy",
        ),
    ),
    Section(
        "The papers behind it",
        (
            "The transformer: Vaswani and others, Attention Is All You Need, 2017. "
            "https://arxiv.org/abs/1706.03762",
            "The GPT: Radford and others, Language Models are Unsupervised Multitask Learners "
            "(GPT-2), 2019.",
            "Adam: Kingma and Ba, Adam: A Method for Stochastic Optimization, 2014. "
            "https://arxiv.org/abs/1412.6980",
            "RMSNorm: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019. "
            "https://arxiv.org/abs/1910.07467",
            "Backpropagation: Rumelhart, Hinton and Williams, Learning representations by "
            "back-propagating errors, Nature, 1986.",
        ),
    ),
    Section(
        "The names",
        (
            "The bundled list of names is this project's own. The list that microGPT was published "
            "with can be fetched in the settings of a new run.",
        ),
    ),
    Section(
        "Made with",
        (
            "Python, Qt through PySide6 (LGPL), NumPy, NetworkX and psygnal (BSD), pyqtgraph "
            "(MIT). The fonts are Inter and JetBrains Mono (Open Font License), where they are "
            "installed.",
        ),
    ),
)
