"""AWS CloudTrail. Source: AWS CloudTrail User Guide, "CloudTrail record contents"."""

import polars as pl

from comity.observables import EVENT
from comity.parsers.cloud.kind import Kind, as_action, outcome, section, text
from comity.parsers.json_columns import Derived, Layout
from comity.parsers.json_text import Object

_OPERATIONS = {
    "ConsoleLogin": ("authentication", "aws_console_login"),
    "AssumeRole": ("session", "role_assumed"),
    "AssumeRoleWithSAML": ("session", "role_assumed"),
    "AssumeRoleWithWebIdentity": ("session", "role_assumed"),
    "SwitchRole": ("session", "role_assumed"),
    "GetSessionToken": ("session", "session_token_issued"),
    "GetFederationToken": ("session", "session_token_issued"),
    "CreateUser": ("iam", "user_added"),
    "DeleteUser": ("iam", "user_removed"),
    "CreateAccessKey": ("iam", "access_key_created"),
    "CreateLoginProfile": ("iam", "login_profile_created"),
    "UpdateLoginProfile": ("iam", "password_changed"),
    "AttachUserPolicy": ("iam", "permission_added"),
    "AttachRolePolicy": ("iam", "permission_added"),
    "PutUserPolicy": ("iam", "permission_added"),
    "AddUserToGroup": ("iam", "group_member_added"),
    "StopLogging": ("configuration", "audit_log_stopped"),
    "DeleteTrail": ("configuration", "audit_log_stopped"),
    "UpdateTrail": ("configuration", "audit_log_changed"),
    "PutEventSelectors": ("configuration", "audit_log_changed"),
    "GetObject": ("file", "file_read"),
    "PutObject": ("file", "file_created"),
    "DeleteObject": ("file", "file_deleted"),
}
_SERVICES = {
    "iam.amazonaws.com": "iam",
    "sts.amazonaws.com": "session",
    "signin.amazonaws.com": "authentication",
    "s3.amazonaws.com": "file",
}


def _resource(record: Object) -> str | None:
    """Return the first resource's name, else bucket and key as the request names them."""
    resources = record.get("resources")
    if isinstance(resources, list) and resources and isinstance(resources[0], dict) and (name := text(resources[0].get("ARN"))):
        return name
    asked = section(record, "requestParameters")
    bucket, key = text(asked.get("bucketName")), text(asked.get("key"))
    return None if bucket is None else bucket if key is None else f"{bucket}/{key}"


def _acting(identity: Object) -> str | None:
    """Return the name of whose rights were used where no user name stands: of a role, or the kind of identity, such as Root."""
    issuer = section(section(identity, "sessionContext"), "sessionIssuer")
    return text(issuer.get("userName")) or text(identity.get("type"))


def _events(frame: pl.DataFrame) -> pl.DataFrame:
    service = pl.col("event.provider").replace_strict(_SERVICES, default=None, return_dtype=pl.String)
    refused = pl.col("error").is_not_null() | (pl.col("console") == "Failure").fill_null(value=False)
    return frame.with_columns(
        *as_action(_OPERATIONS, otherwise=service),
        outcome(refused),
        pl.lit("aws_cloudtrail").alias("event.dataset"),
        pl.coalesce("user.name", "acting").alias("user.name"),
        pl.coalesce("user.id", "principal").alias("user.id"),
    )


CLOUDTRAIL = Kind(
    marks=frozenset({"eventTime", "eventSource", "eventName"}),
    layout=Layout(
        table=EVENT,
        columns={
            "event.code": (("eventName",),),
            "event.provider": (("eventSource",),),
            "event.id": (("eventID",),),
            "user.name": (("userIdentity", "userName"),),
            "user.id": (("userIdentity", "arn"),),
            "user.domain": (("userIdentity", "accountId"),),
            "user_agent.original": (("userAgent",),),
            "message": (("errorMessage",),),
        },
        peers={"source": (("sourceIPAddress",),)},
        times={"@timestamp": (("eventTime",),)},
        derived={
            "error": Derived(read=lambda record: text(record.get("errorCode")) or text(record.get("errorMessage"))),
            "console": Derived(read=lambda answer: text(answer.get("ConsoleLogin")), within=("responseElements",)),
            "acting": Derived(read=_acting, within=("userIdentity",)),
            "principal": Derived(read=lambda identity: text(identity.get("principalId")), within=("userIdentity",)),
            "file.path": Derived(read=_resource),
        },
        interpret=_events,
    ),
)
