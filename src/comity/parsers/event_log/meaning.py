"""What well-known Windows events mean, as data: by provider and event ID, since each provider numbers its own.

Source: Microsoft, "Advanced security audit policy settings" and the events it lists; Sysmon and Remote Desktop Services documentation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

SECURITY = "Microsoft-Windows-Security-Auditing"
_SYSMON = "Microsoft-Windows-Sysmon"
_SESSIONS = "Microsoft-Windows-TerminalServices-LocalSessionManager"
_CONNECTIONS = "Microsoft-Windows-TerminalServices-RemoteConnectionManager"
_RDP_CORE = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS"
_EVENT_LOG = "Microsoft-Windows-Eventlog"
_POWERSHELL = "Microsoft-Windows-PowerShell"
_TASKS = "Microsoft-Windows-TaskScheduler"
_SERVICES = "Service Control Manager"
_DEFENDER = "Microsoft-Windows-Windows Defender"
_BITS = "Microsoft-Windows-Bits-Client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an event means, and which of its own values go into which columns.

    `outcome` is success, failure, unknown, or the name of the value that is 0x0 for success. `columns` leads from a column of the
    event table (`peer` for address, port or name of the other side; `program` for a path) to the value's name. `message` is a
    sentence with the names of values in braces.
    """

    category: str
    action: str
    outcome: str = "unknown"
    columns: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


_TARGET = {"user.name": "TargetUserName", "user.domain": "TargetDomainName", "user.id": "TargetUserSid"}
_ACCOUNT = {"user.name": "TargetUserName", "user.domain": "TargetDomainName", "user.id": "TargetSid"}
_MEMBER = {"user.name": "MemberName", "user.id": "MemberSid"}
_SUBJECT = {"user.name": "SubjectUserName", "user.domain": "SubjectDomainName", "user.id": "SubjectUserSid"}
_FROM = {"peer": "IpAddress", "source.port": "IpPort"}
_KERBEROS = {"user.name": "TargetUserName", "user.domain": "TargetDomainName", "user.id": "TargetSid", **_FROM}
_SYSMON_PROCESS = {"user.name": "User", "process.pid": "ProcessId", "program": "Image"}
_EVENT_USER = {"user.name": "User", "peer": "Address"}

UNKNOWN = Meaning(category="host", action="message")

LOGON_TYPES = {
    "0": "system", "2": "interactive", "3": "network", "4": "batch", "5": "service", "7": "unlock", "8": "network in clear text",
    "9": "other credentials", "10": "remote desktop", "11": "cached", "12": "cached remote desktop", "13": "cached unlock",
}  # fmt: skip

ANONYMOUS_SID = "S-1-5-7"
ANONYMOUS = Meaning(
    category="session",
    action="windows_anonymous_session",
    outcome="success",
    columns=_TARGET | _FROM | {"name": "WorkstationName"},
    message="Anonymous session, type {LogonType}: nobody signed in",
)
"""Event 4624 of the anonymous account: a session anybody can open, no login."""

_GROUPS = {
    code: Meaning(category="iam", action=action, outcome="success", columns=columns, message=message)
    for codes, action, columns, message in (
        ((4727, 4731, 4754), "group_added", _SUBJECT, "Group {TargetUserName} created by {SubjectUserName}"),
        (
            (4728, 4732, 4756),
            "group_member_added",
            _MEMBER,
            "{MemberName} {MemberSid} put into group {TargetUserName} by {SubjectUserName}",
        ),
        ((4729, 4733, 4757), "group_member_removed", _MEMBER, "{MemberName} {MemberSid} taken out of group {TargetUserName}"),
        ((4730, 4734, 4758), "group_removed", _SUBJECT, "Group {TargetUserName} deleted by {SubjectUserName}"),
        ((4720,), "user_added", _ACCOUNT, "Account {TargetUserName} created by {SubjectUserName}"),
        ((4722,), "user_enabled", _ACCOUNT, "Account {TargetUserName} enabled by {SubjectUserName}"),
        ((4723, 4724), "password_changed", _ACCOUNT, "Password of {TargetUserName} changed by {SubjectUserName}"),
        ((4725,), "user_disabled", _ACCOUNT, "Account {TargetUserName} disabled by {SubjectUserName}"),
        ((4726,), "user_removed", _ACCOUNT, "Account {TargetUserName} deleted by {SubjectUserName}"),
        ((4738, 4781), "user_changed", _ACCOUNT, "Account {TargetUserName} changed by {SubjectUserName}"),
        ((4740,), "user_locked", _ACCOUNT, "Account {TargetUserName} locked out"),
        ((4767,), "user_unlocked", _ACCOUNT, "Account {TargetUserName} unlocked by {SubjectUserName}"),
    )
    for code in codes
}

_SECURITY: dict[int, Meaning] = _GROUPS | {
    4624: Meaning(
        category="authentication",
        action="windows_login",
        outcome="success",
        columns=_TARGET | _FROM | {"name": "WorkstationName"},
        message="Login of {TargetDomainName}\\{TargetUserName}, type {LogonType}, {AuthenticationPackageName}",
    ),
    4625: Meaning(
        category="authentication",
        action="windows_login",
        outcome="failure",
        columns=_TARGET | _FROM | {"name": "WorkstationName"},
        message="Failed login of {TargetDomainName}\\{TargetUserName}, type {LogonType}, status {Status}, {SubStatus}",
    ),
    4634: Meaning(category="session", action="session_closed", outcome="success", columns=_TARGET),
    4647: Meaning(category="session", action="session_closed", outcome="success", columns=_TARGET),
    4648: Meaning(
        category="authentication",
        action="explicit_credentials",
        columns=_SUBJECT | _FROM | {"program": "ProcessName", "process.pid": "ProcessId"},
        message="{SubjectUserName} used the credentials of {TargetDomainName}\\{TargetUserName} for {TargetServerName}",
    ),
    4672: Meaning(category="authentication", action="privileges_assigned", outcome="success", columns=_SUBJECT),
    4688: Meaning(
        category="process",
        action="process_started",
        outcome="success",
        columns=_SUBJECT | {"process.pid": "NewProcessId", "program": "NewProcessName", "process.command_line": "CommandLine"},
        message="{SubjectUserName} started {NewProcessName}",
    ),
    4689: Meaning(
        category="process",
        action="process_ended",
        outcome="success",
        columns=_SUBJECT | {"process.pid": "ProcessId", "program": "ProcessName"},
    ),
    4697: Meaning(
        category="host",
        action="service_installed",
        outcome="success",
        columns=_SUBJECT | {"process.command_line": "ServiceFileName"},
        message="Service {ServiceName} installed: {ServiceFileName}",
    ),
    4698: Meaning(
        category="host",
        action="task_added",
        outcome="success",
        columns=_SUBJECT | {"file.path": "TaskName"},
        message="Scheduled task {TaskName} created by {SubjectUserName}",
    ),
    4699: Meaning(category="host", action="task_removed", outcome="success", columns=_SUBJECT | {"file.path": "TaskName"}),
    4702: Meaning(category="host", action="task_changed", outcome="success", columns=_SUBJECT | {"file.path": "TaskName"}),
    4719: Meaning(category="host", action="audit_policy_changed", outcome="success", columns=_SUBJECT),
    4768: Meaning(
        category="authentication",
        action="kerberos_login",
        outcome="Status",
        columns=_KERBEROS,
        message="Ticket asked for by {TargetDomainName}\\{TargetUserName}, status {Status}",
    ),
    4769: Meaning(
        category="authentication",
        action="kerberos_service_ticket",
        outcome="Status",
        columns=_KERBEROS,
        message="Ticket for {ServiceName} asked for by {TargetUserName}, status {Status}",
    ),
    4771: Meaning(
        category="authentication",
        action="kerberos_login",
        outcome="failure",
        columns=_KERBEROS,
        message="Failed pre-authentication of {TargetUserName}, status {Status}",
    ),
    4776: Meaning(
        category="authentication",
        action="ntlm_login",
        outcome="Status",
        columns={"user.name": "TargetUserName", "name": "Workstation"},
        message="Credentials of {TargetUserName} checked, status {Status}",
    ),
    4778: Meaning(
        category="session",
        action="session_reconnected",
        outcome="success",
        columns={"user.name": "AccountName", "user.domain": "AccountDomain", "peer": "ClientAddress", "name": "ClientName"},
    ),
    4779: Meaning(
        category="session",
        action="session_disconnected",
        outcome="success",
        columns={"user.name": "AccountName", "user.domain": "AccountDomain", "peer": "ClientAddress", "name": "ClientName"},
    ),
    5140: Meaning(
        category="file",
        action="share_opened",
        outcome="success",
        columns=_SUBJECT | {"peer": "IpAddress", "source.port": "IpPort", "file.path": "ShareName"},
        message="{SubjectUserName} opened {ShareName}",
    ),
    5156: Meaning(
        category="network",
        action="connection_allowed",
        outcome="success",
        columns={
            "peer": "SourceAddress",
            "source.port": "SourcePort",
            "destination.ip": "DestAddress",
            "destination.port": "DestPort",
            "program": "Application",
            "process.pid": "ProcessID",
        },
    ),
}

_OTHERS: dict[tuple[str, int], Meaning] = {
    (_EVENT_LOG, 1102): Meaning(
        category="host",
        action="log_cleared",
        outcome="success",
        columns=_SUBJECT,
        message="The Security log was cleared by {SubjectUserName}",
    ),
    (_EVENT_LOG, 104): Meaning(
        category="host",
        action="log_cleared",
        outcome="success",
        columns=_SUBJECT,
        message="The log {Channel} was cleared by {SubjectUserName}",
    ),
    (_SERVICES, 7045): Meaning(
        category="host",
        action="service_installed",
        outcome="success",
        columns={"process.command_line": "ImagePath", "user.name": "AccountName"},
        message="Service {ServiceName} installed: {ImagePath}",
    ),
    (_SESSIONS, 21): Meaning(
        category="authentication",
        action="rdp_login",
        outcome="success",
        columns=_EVENT_USER,
        message="Remote desktop or console session {SessionID} of {User} begun",
    ),
    (_SESSIONS, 23): Meaning(category="session", action="session_closed", outcome="success", columns={"user.name": "User"}),
    (_SESSIONS, 24): Meaning(category="session", action="session_disconnected", outcome="success", columns=_EVENT_USER),
    (_SESSIONS, 25): Meaning(category="session", action="session_reconnected", outcome="success", columns=_EVENT_USER),
    # written when a connection reaches the login screen, too: it shows a connection, not that the password was right
    (_CONNECTIONS, 1149): Meaning(
        category="session",
        action="rdp_connection",
        columns={"user.name": "Param1", "user.domain": "Param2", "peer": "Param3"},
        message="Remote desktop connection for {Param2}\\{Param1}",
    ),
    (_RDP_CORE, 131): Meaning(category="session", action="rdp_connection", columns={"peer": "ClientIP", "network.transport": "ConnType"}),
    (_RDP_CORE, 140): Meaning(
        category="authentication",
        action="rdp_login",
        outcome="failure",
        columns={"peer": "IPString"},
        message="Remote desktop connection failed: user name or password not correct",
    ),
    (_POWERSHELL, 4103): Meaning(
        category="process", action="powershell_module", columns={"process.command_line": "Payload"}, message="PowerShell pipeline run"
    ),
    (_POWERSHELL, 4104): Meaning(
        category="process",
        action="powershell_script",
        columns={"process.command_line": "ScriptBlockText", "file.path": "Path"},
        message="PowerShell script block {MessageNumber} of {MessageTotal}",
    ),
    (_TASKS, 106): Meaning(
        category="host",
        action="task_added",
        outcome="success",
        columns={"user.name": "UserContext", "file.path": "TaskName"},
        message="Scheduled task {TaskName} registered by {UserContext}",
    ),
    (_TASKS, 200): Meaning(category="process", action="task_run", columns={"file.path": "TaskName", "process.command_line": "ActionName"}),
    (_DEFENDER, 1116): Meaning(
        category="intrusion_detection",
        action="malware_found",
        columns={"user.name": "Detection User", "file.path": "Path", "program": "Process Name"},
        message="{Threat Name} found: {Path}",
    ),
    (_DEFENDER, 1117): Meaning(
        category="intrusion_detection",
        action="malware_acted_on",
        columns={"user.name": "Detection User", "file.path": "Path", "program": "Process Name"},
        message="{Threat Name}: {Action Name}",
    ),
    (_BITS, 59): Meaning(
        category="network", action="transfer_started", columns={"url.original": "url"}, message="Transfer of {url} started"
    ),
    (_SYSMON, 1): Meaning(
        category="process",
        action="process_started",
        outcome="success",
        columns=_SYSMON_PROCESS | {"process.command_line": "CommandLine"},
        message="{User} started {Image}",
    ),
    (_SYSMON, 3): Meaning(
        category="network",
        action="connection",
        columns=_SYSMON_PROCESS
        | {
            "peer": "SourceIp",
            "source.port": "SourcePort",
            "destination.ip": "DestinationIp",
            "destination.port": "DestinationPort",
            "destination.domain": "DestinationHostname",
            "network.transport": "Protocol",
        },
        message="{Image} to {DestinationIp}:{DestinationPort}",
    ),
    (_SYSMON, 5): Meaning(category="process", action="process_ended", outcome="success", columns=_SYSMON_PROCESS),
    (_SYSMON, 7): Meaning(category="process", action="module_loaded", columns=_SYSMON_PROCESS),
    (_SYSMON, 8): Meaning(category="process", action="remote_thread", columns={"program": "SourceImage", "process.pid": "SourceProcessId"}),
    (_SYSMON, 10): Meaning(
        category="process", action="process_opened", columns={"program": "SourceImage", "process.pid": "SourceProcessId"}
    ),
    (_SYSMON, 11): Meaning(
        category="file",
        action="file_created",
        outcome="success",
        columns=_SYSMON_PROCESS | {"file.path": "TargetFilename"},
        message="{Image} wrote {TargetFilename}",
    ),
    (_SYSMON, 12): Meaning(category="host", action="registry_changed", columns=_SYSMON_PROCESS | {"file.path": "TargetObject"}),
    (_SYSMON, 13): Meaning(category="host", action="registry_changed", columns=_SYSMON_PROCESS | {"file.path": "TargetObject"}),
    (_SYSMON, 22): Meaning(
        category="network",
        action="dns_query",
        columns=_SYSMON_PROCESS | {"dns.question.name": "QueryName", "answers": "QueryResults"},
        message="{Image} looked up {QueryName}",
    ),
    (_SYSMON, 23): Meaning(category="file", action="file_deleted", columns=_SYSMON_PROCESS | {"file.path": "TargetFilename"}),
}

MEANINGS: Mapping[tuple[str, str], Meaning] = {
    **{(SECURITY, str(code)): meaning for code, meaning in _SECURITY.items()},
    **{(provider, str(code)): meaning for (provider, code), meaning in _OTHERS.items()},
}
"""By provider and event ID."""
