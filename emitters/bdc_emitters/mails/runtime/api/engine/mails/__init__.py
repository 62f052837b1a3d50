"""The page of development that shows the messages that were kept: `/docs/mails`."""
