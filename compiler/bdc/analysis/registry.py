"""All rules, in the order they run. A rule is one file, one line here, one page, one broken specification."""

from bdc.analysis.rule import Rule
from bdc.analysis.rules.api.addresses import addresses, readable_parents
from bdc.analysis.rules.api.bindings import bindings
from bdc.analysis.rules.api.emitted import emitted
from bdc.analysis.rules.api.hidden_expectation import hidden_expectation
from bdc.analysis.rules.api.hooks import hooks
from bdc.analysis.rules.api.inputs import inputs
from bdc.analysis.rules.api.list_fields import list_fields
from bdc.analysis.rules.api.operation_body import operation_body
from bdc.analysis.rules.api.own_lists import own_lists
from bdc.analysis.rules.api.paths import paths
from bdc.analysis.rules.api.profiles import profiles
from bdc.analysis.rules.api.refusals import refusals
from bdc.analysis.rules.api.several_apis import several_apis
from bdc.analysis.rules.api.singles import singles
from bdc.analysis.rules.api.sql_parameters import sql_parameters
from bdc.analysis.rules.api.sql_result import sql_result
from bdc.analysis.rules.api.statements import statements
from bdc.analysis.rules.api.unbounded_expand import unbounded_expand
from bdc.analysis.rules.api.unserved_list import unserved_list
from bdc.analysis.rules.api.versions import versions
from bdc.analysis.rules.api.webhooks import webhooks
from bdc.analysis.rules.deploy.facts import deploy_facts_fit
from bdc.analysis.rules.entity.caller_in_view import caller_in_view
from bdc.analysis.rules.entity.computed_cycle import computed_cycle
from bdc.analysis.rules.entity.constraint_errors import constraint_errors
from bdc.analysis.rules.entity.hidden_in_computed import hidden_in_computed
from bdc.analysis.rules.entity.kept_partitions import kept_partitions
from bdc.analysis.rules.entity.no_partition import no_partition
from bdc.analysis.rules.entity.pii_in_event import pii_in_event
from bdc.analysis.rules.entity.plain_for_encrypted import plain_for_encrypted
from bdc.analysis.rules.entity.too_new import too_new
from bdc.analysis.rules.entity.unguarded import unguarded
from bdc.analysis.rules.externals.deadlines import external_deadlines
from bdc.analysis.rules.jobs.events import job_events
from bdc.analysis.rules.jobs.queues import job_queues
from bdc.analysis.rules.jobs.statements import job_statements
from bdc.analysis.rules.machine.transition_operation import ambiguous_transition, transition_operation
from bdc.analysis.rules.machine.unreachable_state import unreachable_state
from bdc.analysis.rules.policy.caller_default import caller_default
from bdc.analysis.rules.policy.foreign_role import foreign_role
from bdc.analysis.rules.policy.issued_keys import issued_keys
from bdc.analysis.rules.policy.no_identity import no_identity
from bdc.analysis.rules.policy.other_identities import other_identities
from bdc.analysis.rules.policy.sign_in import sign_in
from bdc.analysis.rules.policy.sign_in_mails import sign_in_mails
from bdc.analysis.rules.policy.uncovered import uncovered_entity, uncovered_operation
from bdc.analysis.rules.policy.unknown_action import unknown_action
from bdc.analysis.rules.policy.unreadable_reference import unreadable_reference
from bdc.analysis.rules.policy.unscoped import unscoped
from bdc.analysis.rules.policy.via_cycle import via_cycle
from bdc.analysis.rules.sql.columns import sql_columns
from bdc.analysis.rules.sql.names import sql_names
from bdc.analysis.rules.sql.statements import sql_statements
from bdc.analysis.rules.sql.syntax import sql_syntax

RULES: tuple[Rule, ...] = (
    Rule(("E301",), uncovered_entity),
    Rule(("E302",), uncovered_operation),
    Rule(("E303",), unknown_action),
    Rule(("E305",), foreign_role, partial=True),
    Rule(("E306",), no_identity),
    Rule(("E307",), unscoped),
    Rule(("E312",), via_cycle),
    Rule(("E313",), unreadable_reference),
    Rule(("E314",), caller_default),
    Rule(("E315",), sign_in),
    Rule(("E315",), sign_in_mails),
    Rule(("E316",), other_identities),
    Rule(("E316",), issued_keys),
    Rule(("E401", "E402", "E422"), operation_body),
    Rule(("E423", "E424"), statements),
    Rule(("E423", "E424", "E440"), job_statements),
    Rule(("E440",), job_events),
    Rule(("E440",), job_queues),
    Rule(("E443",), external_deadlines),
    Rule(("E423", "E426"), hooks),
    Rule(("E425",), constraint_errors, partial=True),
    Rule(("E403",), transition_operation),
    Rule(("E404", "E405"), refusals),
    Rule(("E406",), emitted),
    Rule(("E450", "E451"), webhooks),
    Rule(("E407", "E408"), unbounded_expand, partial=True),
    Rule(("E409", "E410", "E411"), list_fields, partial=True),
    Rule(("E411",), hidden_expectation, partial=True),
    Rule(("E412",), unserved_list),
    Rule(("E413", "E414"), inputs),
    Rule(("E415",), paths),
    Rule(("E218",), own_lists),
    Rule(("E470",), addresses, partial=True),
    Rule(("E471",), readable_parents),
    Rule(("E472",), singles, partial=True),
    Rule(("E473", "E474"), profiles, partial=True),
    Rule(("E416", "E418", "E419"), bindings),
    Rule(("E417",), sql_parameters),
    Rule(("E460",), sql_syntax, partial=True),
    Rule(("E461",), sql_names),
    Rule(("E462",), sql_statements, partial=True),
    Rule(("E463",), sql_columns),
    Rule(("E463",), sql_result),
    Rule(("E499",), several_apis, partial=True),
    Rule(("E475", "E499"), versions, partial=True),
    Rule(("E420",), unreachable_state),
    Rule(("E421",), ambiguous_transition, partial=True),
    Rule(("E213",), computed_cycle, partial=True),
    Rule(("E210",), caller_in_view, partial=True),
    Rule(("E431",), pii_in_event, partial=True),
    Rule(("E432",), hidden_in_computed, partial=True),
    Rule(("E433",), plain_for_encrypted, partial=True),
    Rule(("E250", "E251"), unguarded),
    Rule(("E252",), too_new),
    Rule(("E242",), no_partition),
    Rule(("E242",), kept_partitions),
    Rule(("E253", "E254", "E255"), deploy_facts_fit),
)
