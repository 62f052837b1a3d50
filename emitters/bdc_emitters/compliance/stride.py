"""Threats by trust boundary: Spoofing, Tampering, Repudiation, Information disclosure, Denial of service, Elevation of privilege."""

from bdc.source.records import dataclass

BOUNDARIES = (
    ("callers", "From callers to the service"),
    ("database", "From the service to the database"),
    ("people", "From people and pipelines to the cluster"),
    ("outside", "From the system to others"),
)


@dataclass(frozen=True, slots=True)
class Threat:
    """`control`: ids in `evidence.json`. `residual`: what is left for people. `needs`: a fact of the system; '' for all."""

    boundary: str
    kind: str
    threat: str
    control: str
    residual: str
    needs: str = ""


THREATS = (
    Threat("callers", "S", "a token is forged, or meant for another service", "tokens", "the issuer gives a token to the wrong person", "tokens"),
    Threat("callers", "S", "an API key is stolen from a client", "tokens", "keys have no second factor: give each an end, and revoke it", "keys"),
    Threat("callers", "S", "a password is guessed, or tried from a list", "credential-guessing", "passwords that callers use elsewhere too; sources that one proxy hides", "signs_in"),
    Threat("callers", "S", "a refresh token is copied from a client", "tokens", "what the copy did until one of the two came again", "signs_in"),
    Threat("callers", "I", "an address is found to be a caller's by signing up with it", "", "sign-up says that a login is taken; sign-in does not", "signs_in"),
    Threat("database", "E", "the service is taken over and signs in as any caller", "workload, secrets", "it may call the functions of sign-in: hashes stay unreadable, sessions do not", "signs_in"),
    Threat("callers", "T", "a body sets what its caller may not", "input, field-access", "rules that allow more than was meant: read the matrix in security.md"),
    Threat("callers", "T", "a value becomes SQL", "injection", "SQL of your own"),
    Threat("callers", "R", "a change is denied by its caller", "audit", "entities that are not `@audited`; an administrator of the database", "audited"),
    Threat("callers", "R", "a change is denied by its caller", "", "no entity is `@audited`: changes cannot be told apart afterwards", "unaudited"),
    Threat("callers", "I", "rows of others are read", "object-access, tenant-isolation", "a tenant's own members; a mistake in a rule is held on every layer alike"),
    Threat("callers", "I", "anonymous callers collect what they may read", "function-access", "everything listed above as without any credential", "anonymous"),
    Threat("callers", "D", "large, deep or many requests", "resources, credential-guessing", "floods from many addresses: the gateway or a service before it"),
    Threat("callers", "E", "code of your own does more than its caller may", "own-code", "review: handlers run with the rights that they ask for", "handlers"),
    Threat("database", "S", "another workload speaks as the service", "workload, secrets", "a stolen password works until it is rotated"),
    Threat("database", "T", "the service is made to write other rows", "object-access", "the role of the service may write every row that some rule allows"),
    Threat("database", "I", "the connection is read", "transport", "an administrator of the cluster"),
    Threat("database", "I", "a disk or a dump is read", "encryption, backup", "fields that are not `@encrypted` are plain there"),
    Threat("database", "D", "connections or the disk are used up", "monitoring", "growth beyond what is declared: `bdc advise`"),
    Threat("database", "E", "statements of SQL blocks go around policies", "", "review: they are carried through as they are", "own_sql"),
    Threat("people", "T", "a dependency or an action is exchanged", "supply-chain", "a version that is bad when it is locked"),
    Threat("people", "T", "a migration destroys rows", "change, backup", "a contract step has no way back but a restore"),
    Threat("people", "R", "a change of the cluster has no author", "access-review", "audit logs of the cluster are the platform's"),
    Threat("people", "I", "secrets are read in the cluster", "secrets, workload", "administrators of the namespace"),
    Threat("people", "E", "the pipeline is used to deploy other code", "supply-chain, access-review", "reviews and protected environments of the forge"),
    Threat("outside", "S", "the issuer's key set is exchanged", "tokens, transport", "the issuer itself is taken over", "tokens"),
    Threat("outside", "D", "the issuer is away", "monitoring", "known keys hold for a day; new ones are not learnt", "tokens"),
    Threat("outside", "S", "another service is impersonated", "secrets", "an address that begins with `http:`: its network has to be trusted", "calls"),
    Threat("outside", "T", "another service answers with something else than was agreed", "input", "answers that are well formed and wrong", "calls"),
    Threat("outside", "I", "another service keeps what it is sent", "vendors", "contracts with its operators; send no more than it needs", "calls"),
    Threat("outside", "D", "another service hangs, and callers with it", "resources, monitoring", "what needs it is refused meanwhile", "calls"),
    Threat("outside", "I", "backups are read in the object store", "backup", "encryption and access of the bucket are the platform's", "backups"),
)  # fmt: skip
