"""Which Banso this is; said here once. CHANGELOG.md says what each version brought."""

VERSION = "0.4.0"
