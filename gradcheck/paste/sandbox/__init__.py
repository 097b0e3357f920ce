"""The sandbox in which pasted code runs: a child process that may compute and nothing else.

What it does. Each call starts a Python of its own, with an empty environment and in an empty
scratch directory that is removed afterwards. All that is needed is imported first. Then the child
shuts the doors behind itself (`guard`): root becomes nobody; the kernel grants no further file,
socket, process or byte of output, bounds the time of the processor and the memory, and writes no
core; an audit hook, which Python can't remove, refuses every event that is not known to be
harmless, so files, network, processes, threads, ctypes and imports; what the `os` module can do
without any event is replaced by refusals. Standard output and error lead nowhere. The parent
(`launch`) reads frames of bounded size that carry a token, and ends the whole process group when
the time is up. Nothing that arrives is unpickled, imported or evaluated.

What it is not. It holds against mistakes, accidents and ordinary malice in code that somebody
else has written, not against an expert who attacks CPython itself: native code in the same
process can be misled, with NumPy's array interface for instance, and what then remains are the
kernel's limits alone. The pasted code shares its process with our own analysis, so it may fake
the numbers of its own check; it can't make the parent do anything. The system must be a POSIX one;
macOS does not bound memory.
"""
