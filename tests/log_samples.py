"""Small made logs in JSON and in columns under a header, with what makes them hard to read."""

EVE = b"""{"timestamp":"2024-05-01T10:00:00.000001+0200","flow_id":18446744073709551615,"event_type":"alert","src_ip":"2001:0DB8::1","src_port":1,"dest_ip":"192.0.2.4","dest_port":80,"proto":"TCP","alert":{"action":"allowed","gid":1,"signature_id":2001,"rev":1,"signature":"A signature","category":"Misc","severity":1},"dns":{"version":2,"query":[{"type":"query","id":1,"rrname":"Evil.Example.","rrtype":"A"}]}}
{"timestamp": "2024-05-01T10:00:00.000001+0200", "event_type": "dns", "src_ip": "10.0.0.1", "dest_ip": "192.0.2.4", "dest_port": 53, "proto": "UDP", "dns": {"type": "answer", "id": 1, "rcode": "NOERROR", "rrname": "a.example", "rrtype": "A", "ttl": 3, "rdata": "192.0.2.9"}}\r
{"timestamp":"2024-05-01T10:00:00Z","flow_id":1,"event_type":"dns","src_ip":"10.0.0.1","src_port":1,"dest_ip":"192.0.2.4","dest_port":53,"dns":{"version":3,"type":"response","rcode":"NXDOMAIN","queries":[{"rrname":"b.example","rrtype":"AAAA"}]}}

{"timestamp":"2024-05-01T10:00:00.5+0000","flow_id":2,"event_type":"flow","src_ip":"10.0.0.1","src_port":1,"dest_ip":"192.0.2.4","dest_port":53,"proto":"UDP","app_proto":"dns","flow":{"pkts_toserver":1,"pkts_toclient":2,"bytes_toserver":70,"bytes_toclient":90,"start":"2024-05-01T09:59:00.5+0000","end":"2024-05-01T09:59:01.5+0000","age":1,"state":"established"},"vlan":[7]}
{"timestamp":"no time","flow_id":3,"event_type":"flow","src_ip":"no address!","dest_ip":7,"proto":"UDP","flow":{"age":1}}
{"timestamp":"2024-05-01T10:00:00.1+0000","event_type":"stats","stats":{"uptime":1,"long":18446744073709551615,"whole":1.0,"large":1e22,"small":1e-7}}
{"timestamp":"2024-05-01T10:00:00Z","event_type":"x","event_type":"y","a":NaN}
{"broken
{"timestamp":"2024-05-01T10:00:00.1+0000","event_type":"http","flow_id":1,"http":{"hostname":"a.example","url":"/\\u0022:\\ud800","http_method":"GET","protocol":"HTTP/1.1","status":404,"length":5},"s":"\xff"}
"""

CLOUDTRAIL = b"""{"Records":[{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::123456789012:user/alice","accountId":"123456789012","userName":"alice"},"eventTime":"2024-05-01T10:00:00Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","userAgent":"Mozilla/5.0","errorMessage":"Failed authentication","requestParameters":null,"responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"No"},"eventID":"e-1","eventType":"AwsConsoleSignIn"},
{"eventVersion":"1.08","userIdentity":{"type":"Root","principalId":"123456789012","arn":"arn:aws:iam::123456789012:root","accountId":"123456789012"},"eventTime":"2024-05-01T10:00:01Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","sourceIPAddress":"203.0.113.9","responseElements":{"ConsoleLogin":"Success"},"eventID":"e-2"},
{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"ARO1:s","sessionContext":{"sessionIssuer":{"type":"Role","userName":"deploy"}}},"eventTime":"2024-05-01T10:00:02Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","sourceIPAddress":"cloudfront.amazonaws.com","requestParameters":{"bucketName":"b","key":"k/l"},"eventID":"e-3"} , {"broken": tru}, 7]}
"""

UNIFIED = b"""{"CreationTime":"2024-05-01T10:00:00","Id":"u-1","Operation":"UserLoginFailed","OrganizationId":"t-1","RecordType":15,"ResultStatus":"Success","UserKey":"k","UserType":0,"Workload":"AzureActiveDirectory","UserId":"a@example.org","ClientIP":"203.0.113.9","ExtendedProperties":[{"Name":"UserAgent","Value":"Mozilla/5.0"}],"ActorIpAddress":"203.0.113.9"}
{"CreationTime":"2024-05-01T10:00:01","Id":"u-2","Operation":"UserLoggedIn","RecordType":15,"ResultStatus":"Succeeded","Workload":"AzureActiveDirectory","UserId":"a@example.org","ClientIP":"203.0.113.9:51000"}
{"CreationTime":"2024-05-01T10:05:00Z","Id":"u-3","Operation":"New-InboxRule","RecordType":1,"ResultStatus":"True","Workload":"Exchange","UserId":"a@example.org","ClientIP":"[2001:db8::9]:51000","ObjectId":"a\\\\rule","Parameters":[{"Name":"ForwardTo","Value":"x@example.com"},{"Name":"DeleteMessage","Value":"True"}]}
{"CreationTime":"2024-05-01T10:06:00","Id":"u-4","Operation":"FileDownloaded","Workload":"SharePoint","UserId":"a@example.org","ClientIP":"<null>","ObjectId":"https://example.sharepoint.com/a.docx"}
"""

PORTAL = (
    b"\xef\xbb\xbfRecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits\r\n"
    + b"".join(
        b"u,2024-05-01T10:00:00.0000000Z,15,x,a@example.org," + b'"' + line.replace(b'"', b'""') + b'",""\r\n'
        for line in UNIFIED.splitlines()
    )
    + b"no record here,,\r\n"
)

WORKSPACE = b"""{
  "kind": "admin#reports#activities", "etag": "x",
  "items": [
    {"kind": "admin#reports#activity", "id": {"time": "2024-05-01T10:00:00.123Z", "uniqueQualifier": "1", "applicationName": "login", "customerId": "C"},
     "actor": {"email": "a@example.org", "profileId": "9"}, "ipAddress": "2001:DB8::9", "events": [{"type": "login", "name": "login_failure", "parameters": [{"name": "login_type", "value": "google_password"}]}]},
    {
      "id": {"time": "2024-05-01T10:00:01.000Z", "applicationName": "user_accounts"}, "actor": {"email": "a@example.org"},
      "events": [{"name": "email_forwarding_out_of_domain", "parameters": [{"name": "email_forwarding_destination_address", "value": "x@example.com"}]}]
    }
  ],
  "nextPageToken": "n"
}
"""

GOOGLE_CLOUD = b"""[
  {"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "status": {"code": 7, "message": "denied"}, "authenticationInfo": {"principalEmail": "a@example.org"}, "requestMetadata": {"callerIp": "203.0.113.9", "callerSuppliedUserAgent": "gcloud"}, "serviceName": "iam.googleapis.com", "methodName": "google.iam.admin.v1.CreateServiceAccountKey", "resourceName": "projects/p"}, "insertId": "i", "timestamp": "2024-05-01T10:00:00.123456789Z", "severity": "ERROR"}
]
"""

ENTRA = b"""[{"id":"s-1","createdDateTime":"2024-05-01T10:00:00Z","userPrincipalName":"a@example.org","userId":"u","appDisplayName":"Office 365","ipAddress":"203.0.113.9","status":{"errorCode":50126,"failureReason":"Invalid username or password"},"location":{"countryOrRegion":"NL"}},{"id":"s-2","createdDateTime":"2024-05-01T10:00:01Z","userPrincipalName":"a@example.org","appDisplayName":"Office 365","ipAddress":"203.0.113.9","status":{"errorCode":0}}]"""

LOOKED_UP = b"""{"Events": [{"EventId": "e-1", "EventName": "ConsoleLogin", "CloudTrailEvent": "{\\"eventVersion\\":\\"1.08\\",\\"userIdentity\\":{\\"userName\\":\\"alice\\"},\\"eventTime\\":\\"2024-05-01T10:00:00Z\\",\\"eventSource\\":\\"signin.amazonaws.com\\",\\"eventName\\":\\"ConsoleLogin\\",\\"responseElements\\":{\\"ConsoleLogin\\":\\"Success\\"}}"}]}"""
