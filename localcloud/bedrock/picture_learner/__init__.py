"""Models of pictures and words, small enough to be trained in a second: vectors, and drawings.

Its modules are imported when they are needed: the server starts without numpy.
"""
