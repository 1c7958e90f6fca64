"""What a figure of rows shows: its boxes, its values, its texts."""


def marks_of(ax):
    """Return the boxes and lines, in the order in which they were drawn."""
    return [box for artist in ax.get_children() for box in getattr(artist, "boxes", ())]


def bars(ax, digits=9):
    """Return the ends of every box that is no line and has a width."""
    ends = [tuple(round(end, digits) for end in box.ends) for box in marks_of(ax) if not box.line]
    return [pair for pair in ends if pair[0] != pair[1]]


def values(ax, digits=9):
    """Return where the lines across rows stand."""
    return [round(box.ends[0], digits) for box in marks_of(ax) if box.line]


def hatches(ax):
    """Return the hatch of every box."""
    return [box.style.get("hatch") for box in marks_of(ax) if not box.line]


def texts(ax):
    """Return the texts beside rows and on axes, and those of matplotlib."""
    written = [piece.text for artist in ax.get_children() for piece in getattr(artist, "pieces", ())]
    return [*written, *(text.get_text() for text in ax.texts)]


def row_names(ax):
    """Return the names of the rows."""
    return [text.get_text().replace("\n", " ") for text in ax.get_yticklabels()]
