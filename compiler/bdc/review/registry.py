"""All rules, panel by panel."""

from bdc.review.rule import Rule
from bdc.review.rules_architecture import ARCHITECTURE
from bdc.review.rules_database import DATABASE
from bdc.review.rules_operations import OPERATIONS
from bdc.review.rules_performance import PERFORMANCE
from bdc.review.rules_security import SECURITY

RULES: tuple[Rule, ...] = (*ARCHITECTURE, *SECURITY, *DATABASE, *PERFORMANCE, *OPERATIONS)
