"""The child's side: what a process takes upon itself before it reads anything. Imports no Django."""

import resource


def confine(*, memory: int, seconds: int, largest_file: int = 0) -> None:
    """From here on at most ``memory`` bytes of address space and ``seconds`` of processor time, no file that
    grows beyond ``largest_file`` bytes, no core dump. The process ends by a signal, or with a
    ``MemoryError``, when it wants more."""
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: largest_file,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))
