"""Not about your system: this code is the same in every output that sends mails, and each build writes it again.

Read: `declared`, `rendering`, `message`, `delivery`, `settings`, `keeping`. The job that sends a mail is `services.worker.engine.mailing`.
"""
