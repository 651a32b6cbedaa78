# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The one exception that Hone's C++ rooms raise."""


class Error(Exception):
    """What went wrong, in the words of the command line.

    `kind` is one of docs/reference/errors.md: "not-found", "malformed", …
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.kind, str(self))
