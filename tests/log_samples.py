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

ZEEK = (
    rb"""#separator \x09
#set_separator	,
#empty_field	(empty)
#unset_field	-
#path	conn
#open	2024-05-01-10-00-00
#fields	ts	uid	id.orig_h	id.orig_p	id.resp_h	id.resp_p	proto	service	duration	orig_bytes	resp_bytes	conn_state	local_orig	missed_bytes	history	orig_pkts	orig_ip_bytes	resp_pkts	resp_ip_bytes	tunnel_parents
#types	time	string	addr	port	addr	port	enum	string	interval	count	count	string	bool	count	string	count	count	count	count	set[string]
1714557600.123456	C1	2001:0db8::1	1024	192.0.2.1	443	tcp	ssl	1.500000	100	200	SF	T	0	ShADadFf	5	400	4	500	-
1714557601.000000	C2	10.0.0.1	8	10.0.0.2	0	icmp	-	-	-	-	OTH	F	0	-	1	84	0	0	Ca,Cb
1714557602.5	C3	10.0.0.1	8
XXXXXXXXXX.XXXXXX	C4	10.0.0.1	70000	no address	0	udp	-	0.5	-	-	S0	-	18446744073709551615	D	1	84	0	0	(empty)
#close	2024-05-01-11-00-00
#separator \x09
#set_separator	,
#empty_field	(empty)
#unset_field	-
#path	dns
#fields	ts	uid	id.orig_h	id.orig_p	id.resp_h	id.resp_p	proto	trans_id	rtt	query	qtype_name	rcode_name	AA	answers	TTLs
#types	time	string	addr	port	addr	port	enum	count	interval	string	string	string	bool	vector[string]	vector[interval]
1714557603.000001	C5	10.0.0.1	1024	10.0.0.2	53	udp	7	0.099440	Example.ORG.	A	NOERROR	F	192.0.2.7,a\x2cb,-	300.000000,0.500000,-
1714557603.000001	C6	10.0.0.1	1024	10.0.0.2	53	udp	7	-	\xc3\xa9\x5c"\x09.example	TXT	NXDOMAIN	F	(empty)	(empty)
"""
    + "1714557603.000001\tC7\t10.0.0.1\t1024\t10.0.0.2\t53\tudp\t7\t-\té\t-\t-\tF\t-\t-\n".encode()
    + b"1714557603.000001\tC8\t10.0.0.1\t1024\t10.0.0.2\t53\tudp\t7\t-\t\xff\t-\t-\tF\t-\t-\n"
)

ZEEK_JSON = b"""{"ts":1714557600.123456,"uid":"C1","id.orig_h":"2001:0db8::1","id.orig_p":1024,"id.resp_h":"192.0.2.1","id.resp_p":443,"proto":"tcp","service":"ssl","duration":1.5,"orig_bytes":100,"resp_bytes":200,"conn_state":"SF","local_orig":true,"missed_bytes":0,"history":"ShADadFf","orig_pkts":5,"orig_ip_bytes":400,"resp_pkts":4,"resp_ip_bytes":500}
{"ts":"2024-05-01T10:00:03.000001Z","uid":"C5","id.orig_h":"10.0.0.1","id.orig_p":1024,"id.resp_h":"10.0.0.2","id.resp_p":53,"proto":"udp","trans_id":7,"rtt":0.09944,"query":"Example.ORG.","qtype_name":"A","rcode":0,"rcode_name":"NOERROR","AA":false,"answers":["192.0.2.7","a,b"],"TTLs":[300.0,0.5]}
{"ts":1714557604123,"_path":"ssh","uid":"C9","id":{"orig_h":"203.0.113.9","orig_p":5},"auth_success":false,"auth_attempts":3}
{"ts":1714557604.0,"_path":"../x","uid":"C9"}
"""

IIS = b"""\xef\xbb\xbf#Software: Microsoft Internet Information Services 10.0\r
#Version: 1.0\r
#Date: 2024-05-01 10:00:00\r
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r
2024-05-01 10:00:01 192.0.2.1 GET /a.aspx id=1&x=%22 443 - 203.0.113.9 Mozilla/5.0+(Windows+NT+10.0) https://example.org/ 200 0 0 46\r
2024-05-01 10:00:02 192.0.2.1 POST /owa/auth.owa - 443 EXAMPLE\\alice fe80::1%5 - - 401 1 2148074254 15\r
2024-05-01 10:00:03 192.0.2.1 GET /too few\r
2024-13-01 10:00:04 192.0.2.1 GET "/a b" - 99999 - 2001:DB8::9 "Some ""agent"" here" - x 0 0 1.250\r
#Fields: time c-ip cs-method cs-uri\r
10:00:05 203.0.113.9 GET /b\r
"""

CLOUDFRONT = b"""#Version: 1.0
#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-host-header
2024-05-01\t10:00:00\tFRA2\t1045\t203.0.113.9\tGET\td.cloudfront.net\t/index.html\t200\t-\tMozilla/5.0%20(X11)\t-\texample.org
"""

NGINX = b"""{"time_iso8601":"2024-05-01T10:00:00+02:00","remote_addr":"203.0.113.9","remote_user":"","request":"GET /a?b=1 HTTP/1.1","status":"200","body_bytes_sent":"12","http_referer":"-","http_user_agent":"Mozilla/5.0","request_time":"0.003"}
{"time_iso8601":"2024-05-01T10:00:01+02:00","remote_addr":"2001:DB8::9","remote_user":"alice","request":"\\\\x16\\\\x03","status":"400","body_bytes_sent":"0","http_referer":"-","http_user_agent":"-","request_time":"0.000"}
{"time_iso8601":"2024-05-01T10:00:02+02:00","remote_addr":"unix:","request":7,"status":"x"}
"""

ECS = b"""{"@timestamp":"2024-05-01T10:00:00.123Z","client":{"ip":"203.0.113.9","port":51000},"http":{"request":{"method":"POST"},"response":{"status_code":500}},"url":{"path":"/login"},"user":{"name":"alice"},"message":"failed"}
{"@timestamp":"2024-05-01T10:00:01.123Z","message":"started","process":{"pid":7}}
"""

APPLICATION = b"""{"asctime": "2024-05-01 10:00:00,123", "level": "INFO", "logger": "app", "message": "start", "pid": 7}
{"asctime": "2024-05-01 10:00:01,123", "level": "INFO", "logger": "app", "message": "x", "ip": "203.0.113.9"}
not JSON
{"n": 1e400}
[]
"""

WITHOUT = b"""{"a":1,"b":[{}]}
{"a":2}
"""
