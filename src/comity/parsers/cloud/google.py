"""Google's audit logs: activities of Workspace, and audit entries of Google Cloud.

Source: Admin SDK, Reports API, resource Activity; Cloud Logging, LogEntry and AuditLog.
"""

from collections.abc import Callable

import polars as pl

from comity.observables import EVENT
from comity.parsers.cloud.kind import Kind, as_action, named, outcome, text
from comity.parsers.json_columns import Derived, Layout
from comity.parsers.json_text import Object

_ACTIVITIES = {
    "login_success": ("authentication", "google_workspace_login"),
    "login_failure": ("authentication", "google_workspace_login"),
    "logout": ("session", "logout"),
    "email_forwarding_out_of_domain": ("configuration", "mailbox_forwarding_set"),
    "CREATE_USER": ("iam", "user_added"),
    "DELETE_USER": ("iam", "user_removed"),
    "CHANGE_PASSWORD": ("iam", "password_changed"),
    "password_edit": ("iam", "password_changed"),
    "2sv_disable": ("iam", "second_factor_removed"),
    "authorize": ("iam", "application_consented"),
    "download": ("file", "file_downloaded"),
    "view": ("file", "file_read"),
    "create": ("file", "file_created"),
    "delete": ("file", "file_deleted"),
}
_APPLICATIONS = {"login": "authentication", "admin": "iam", "user_accounts": "iam", "token": "iam", "drive": "file", "gmail": "email"}


def _first(read: Callable[[Object], str | None]) -> Callable[[Object], str | None]:
    """Return what reads the first event of an activity; the others stay in `fields`."""

    def of_activity(record: Object) -> str | None:
        listed = record.get("events")
        first = listed[0] if isinstance(listed, list) and listed else None
        return read(first) if isinstance(first, dict) else None

    return of_activity


def _document(event: Object) -> str | None:
    parameters = named(event.get("parameters"), name="name", value="value")
    return parameters.get("doc_title") or parameters.get("doc_id")


def _activities(frame: pl.DataFrame) -> pl.DataFrame:
    code = pl.col("event.code")
    failed = pl.when(code == "login_failure").then(pl.lit(value=True)).when(code == "login_success").then(pl.lit(value=False))
    application = pl.col("event.provider").replace_strict(_APPLICATIONS, default=None, return_dtype=pl.String)
    return frame.with_columns(
        *as_action(_ACTIVITIES, otherwise=application), outcome(failed), pl.lit("google_workspace").alias("event.dataset")
    )


ACTIVITY = Kind(
    marks=frozenset({"id", "actor", "events"}),
    layout=Layout(
        table=EVENT,
        columns={
            "event.id": (("id", "uniqueQualifier"),),
            "event.provider": (("id", "applicationName"),),
            "user.name": (("actor", "email"),),
            "user.id": (("actor", "profileId"),),
            "user.domain": (("ownerDomain",), ("id", "customerId")),
        },
        peers={"source": (("ipAddress",),)},
        times={"@timestamp": (("id", "time"),)},
        derived={
            "event.code": Derived(read=_first(lambda event: text(event.get("name")))),
            "file.path": Derived(read=_first(_document)),
        },
        interpret=_activities,
    ),
)


def _entries(frame: pl.DataFrame) -> pl.DataFrame:
    method = pl.col("event.code")
    signed_in = method.str.contains("(?i)login.*success|login.*failure|LoginService")
    failed = (pl.col("status") != "0") | method.str.contains("(?i)loginFailure")
    return frame.with_columns(
        pl.lit("google_cloud").alias("event.dataset"),
        pl.when(signed_in)
        .then(pl.lit("authentication"))
        .when(method.str.contains("(?i)iam|serviceaccount"))
        .then(pl.lit("iam"))
        .alias("event.category"),
        pl.when(signed_in).then(pl.lit("google_cloud_login")).otherwise(method).alias("event.action"),
        outcome(failed.fill_null(value=False)),
    )


def _status(payload: Object) -> str:
    """Return the status code of the call as text; no status is success (AuditLog)."""
    status = payload.get("status")
    code = status.get("code", 0) if isinstance(status, dict) else 0
    return str(code)


ENTRY = Kind(
    marks=frozenset({"protoPayload", "timestamp"}),
    layout=Layout(
        table=EVENT,
        columns={
            "event.code": (("protoPayload", "methodName"),),
            "event.provider": (("protoPayload", "serviceName"),),
            "event.id": (("insertId",),),
            "user.name": (("protoPayload", "authenticationInfo", "principalEmail"),),
            "user.id": (("protoPayload", "authenticationInfo", "principalSubject"),),
            "file.path": (("protoPayload", "resourceName"),),
            "user_agent.original": (("protoPayload", "requestMetadata", "callerSuppliedUserAgent"),),
            "message": (("protoPayload", "status", "message"),),
        },
        peers={"source": (("protoPayload", "requestMetadata", "callerIp"),)},
        times={"@timestamp": (("timestamp",),)},
        derived={"status": Derived(read=_status, within=("protoPayload",))},
        interpret=_entries,
    ),
)
