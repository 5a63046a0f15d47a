"""Microsoft's audit logs: the unified audit log (Microsoft 365), and Entra's sign-ins and directory changes.

Times without zone are UTC by Microsoft's word. Source: "Office 365 Management Activity API schema" (CreationTime is in UTC);
Microsoft Graph, resource types signIn and directoryAudit.
"""

import polars as pl

from comity.observables import EVENT
from comity.parsers.cloud.kind import MOST_CHARACTERS, Kind, as_action, named, outcome, section, text
from comity.parsers.json_columns import Derived, Layout
from comity.parsers.json_text import Object

_OPERATIONS = {
    "UserLoggedIn": ("authentication", "microsoft_365_login"),
    "UserLoginFailed": ("authentication", "microsoft_365_login"),
    "MailboxLogin": ("authentication", "mailbox_login"),
    "UserLoggedOff": ("session", "logout"),
    "New-InboxRule": ("configuration", "inbox_rule_created"),
    "Set-InboxRule": ("configuration", "inbox_rule_changed"),
    "Enable-InboxRule": ("configuration", "inbox_rule_changed"),
    "UpdateInboxRules": ("configuration", "inbox_rule_changed"),
    "Remove-InboxRule": ("configuration", "inbox_rule_removed"),
    "Disable-InboxRule": ("configuration", "inbox_rule_removed"),
    "New-TransportRule": ("configuration", "transport_rule_created"),
    "Set-TransportRule": ("configuration", "transport_rule_changed"),
    "Set-Mailbox": ("configuration", "mailbox_changed"),
    "Add-MailboxPermission": ("iam", "mailbox_permission_added"),
    "Set-AdminAuditLogConfig": ("configuration", "audit_log_changed"),
    "Add user.": ("iam", "user_added"),
    "Delete user.": ("iam", "user_removed"),
    "Change user password.": ("iam", "password_changed"),
    "Reset user password.": ("iam", "password_changed"),
    "Consent to application.": ("iam", "application_consented"),
    "Add member to role.": ("iam", "role_member_added"),
    "MailItemsAccessed": ("email", "mail_accessed"),
    "Send": ("email", "mail_sent"),
    "SendAs": ("email", "mail_sent"),
    "SendOnBehalf": ("email", "mail_sent"),
    "HardDelete": ("email", "mail_deleted"),
    "SoftDelete": ("email", "mail_deleted"),
    "MoveToDeletedItems": ("email", "mail_deleted"),
    "FileAccessed": ("file", "file_read"),
    "FileDownloaded": ("file", "file_downloaded"),
    "FileUploaded": ("file", "file_created"),
    "FileDeleted": ("file", "file_deleted"),
}
_WORKLOADS = {"Exchange": "email", "SharePoint": "file", "OneDrive": "file", "AzureActiveDirectory": "iam"}
_SUCCEEDED = ["succeeded", "success", "true"]
_FAILED = ["failed", "failure", "false"]


def _parameters(record: Object) -> str | None:
    """Return operation and parameters as one text, for changes made by command."""
    parameters = named(record.get("Parameters"))
    if not parameters:
        return None
    said = ", ".join(f"{name}={value}" for name, value in parameters.items())
    return f"{text(record.get('Operation')) or ''}: {said}"[:MOST_CHARACTERS]


def _unified(frame: pl.DataFrame) -> pl.DataFrame:
    code, status = pl.col("event.code"), pl.col("status").str.to_lowercase()
    workload = pl.col("event.provider").replace_strict(_WORKLOADS, default=None, return_dtype=pl.String)
    # a failed login is recorded with the status of the record, which may be Success
    failed = pl.when(code == "UserLoginFailed").then(pl.lit(value=True)).when(status.is_in(_FAILED)).then(pl.lit(value=True))
    return frame.with_columns(
        *as_action(_OPERATIONS, otherwise=workload),
        outcome(failed.when(status.is_in(_SUCCEEDED) | (code == "UserLoggedIn")).then(pl.lit(value=False))),
        pl.lit("microsoft_365").alias("event.dataset"),
        pl.coalesce("user_agent.original", "agent").alias("user_agent.original"),
    )


UNIFIED = Kind(
    marks=frozenset({"CreationTime", "Operation", "Workload"}),
    layout=Layout(
        table=EVENT,
        columns={
            "event.code": (("Operation",),),
            "event.provider": (("Workload",),),
            "event.id": (("Id",),),
            "user.name": (("UserId",),),
            "user.id": (("UserKey",),),
            "user.domain": (("OrganizationId",),),
            "file.path": (("ObjectId",),),
            "user_agent.original": (("UserAgent",),),
        },
        peers={"source": (("ClientIP",), ("ClientIPAddress",), ("ActorIpAddress",))},
        times={"@timestamp": (("CreationTime",),)},
        derived={
            "status": Derived(read=lambda record: text(record.get("ResultStatus"))),
            "agent": Derived(read=lambda record: named(record.get("ExtendedProperties")).get("UserAgent")),
            "message": Derived(read=_parameters),
        },
        zone="documented",
        interpret=_unified,
    ),
)


def _error_code(record: Object) -> str | None:
    """Return the error of a sign-in, "0" for none."""
    properties = section(record, "properties")
    status = section(record, "status") or section(properties, "status")
    code = status.get("errorCode", record.get("resultType"))
    return str(code) if isinstance(code, int | str) and str(code) else None


def _sign_ins(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.lit("entra_sign_in").alias("event.dataset"),
        pl.lit("authentication").alias("event.category"),
        pl.lit("microsoft_365_login").alias("event.action"),
        outcome(pl.col("error") != "0"),
    )


_SIGN_IN = Layout(
    table=EVENT,
    columns={
        "event.id": (("id",), ("properties", "id")),
        "event.provider": (("appDisplayName",), ("properties", "appDisplayName")),
        "user.name": (("userPrincipalName",), ("properties", "userPrincipalName")),
        "user.id": (("userId",), ("properties", "userId")),
        "user.domain": (("tenantId",),),
        "user_agent.original": (("userAgent",), ("properties", "userAgent")),
    },
    peers={"source": (("ipAddress",), ("properties", "ipAddress"), ("callerIpAddress",))},
    times={"@timestamp": (("createdDateTime",), ("properties", "createdDateTime"), ("time",))},
    derived={"error": Derived(read=_error_code)},
    zone="documented",
    interpret=_sign_ins,
)
SIGN_IN = Kind(marks=frozenset({"createdDateTime", "userPrincipalName", "appDisplayName"}), layout=_SIGN_IN)
EXPORTED_SIGN_IN = Kind(marks=frozenset({"time", "resultType", "category", "properties", "callerIpAddress"}), layout=_SIGN_IN)


def _changes(frame: pl.DataFrame) -> pl.DataFrame:
    result = pl.col("result").str.to_lowercase()
    failed = pl.when(result == "failure").then(pl.lit(value=True)).when(result == "success").then(pl.lit(value=False))
    return frame.with_columns(
        pl.lit("entra_audit").alias("event.dataset"),
        pl.lit("iam").alias("event.category"),
        pl.col("event.code").alias("event.action"),
        outcome(failed),
    )


DIRECTORY = Kind(
    marks=frozenset({"activityDateTime", "activityDisplayName"}),
    layout=Layout(
        table=EVENT,
        columns={
            "event.code": (("activityDisplayName",),),
            "event.provider": (("loggedByService",),),
            "event.id": (("id",),),
            "user.name": (("initiatedBy", "user", "userPrincipalName"), ("initiatedBy", "app", "displayName")),
            "user.id": (("initiatedBy", "user", "id"), ("initiatedBy", "app", "servicePrincipalId")),
        },
        peers={"source": (("initiatedBy", "user", "ipAddress"),)},
        times={"@timestamp": (("activityDateTime",),)},
        derived={"result": Derived(read=lambda record: text(record.get("result")))},
        zone="documented",
        interpret=_changes,
    ),
)
