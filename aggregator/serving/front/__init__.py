"""Readers are answered by a process of their own: fetching, judging and rendering never slow it down.

The main process starts it, hands it the listening socket and tells it every change of the shelf; it answers GET and
HEAD from its copy, and passes on what only the main process can answer. Should it end, its replacement finds the socket
still open, with whoever waits there. It ends with its parent.

`front` and `process` are the parent's side, `child` the other one; `wire` is what passes between them, `differences`
how a shelf gets across, `passing` how a request does.

Nothing is imported here: the child starts faster without the parent's side.
"""
