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
