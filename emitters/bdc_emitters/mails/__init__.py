"""Mails: what they say and what sends them, for a system that has some.

What comes in: jobs of the IR with a mail. What goes out: `services/mail/`, the part of the worker that sends, the page that shows messages in
development, and with mails of sign-in the requests that ask for them; nothing for a system without mails. Deliberately absent: the queue and the
worker (`jobs`), and the tables of tokens (`bdc.schema.sign_in`).
"""

from bdc.output import Emitter
from bdc_emitters.mails.emit import emit

EMITTER = Emitter(name="mails", emit=emit)
