"""Every error that the domain raises; each message tells a person what to change."""


class MigasError(Exception):
    """Root of the errors that are answered to a caller rather than logged as a defect."""


class ConfigurationError(MigasError):
    """A setting or the machine does not allow the server to start; nothing was changed."""


class InvalidDataError(MigasError):
    """The request is understood but its content is not acceptable.

    Attributes:
        detail: a text, or an object `field -> list of texts` that names the fields at fault.
    """

    def __init__(self, detail: str | dict[str, list[str]] | dict[str, str]) -> None:
        super().__init__(str(detail))
        self.detail = detail


class NotAuthenticatedError(MigasError):
    """The caller has to identify itself before this is allowed."""


class ForbiddenError(MigasError):
    """The caller is known, or need not be, and may not do this."""


class NotFoundError(MigasError):
    """The thing asked for does not exist, or the caller may not know that it does."""


class ConflictError(MigasError):
    """What is asked for would harm something else that is there; the message says what."""


class TooLargeError(MigasError):
    """More was sent than a limit allows; the message names the limit."""


class UnavailableError(MigasError):
    """Something that is needed for this is not there now; the same request may succeed later."""


class NotAPackageError(InvalidDataError):
    """An uploaded file is not a package of the project's package management system."""
