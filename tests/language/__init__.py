"""The chapters of the language reference are true: what they show compiles, and becomes what they say."""
