"""A timestamping authority of its own for tests, made with openssl in a folder: root, intermediate if wanted, signer."""

import shutil
import subprocess
from pathlib import Path

import pytest

CONFIGURATION = """[req]
distinguished_name=dn
prompt=no
x509_extensions=root
[dn]
CN=Root of the test authority
[root]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[signer]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
[server]
basicConstraints=critical,CA:FALSE
extendedKeyUsage=serverAuth
[tsa]
default_tsa=authority
[authority]
serial={folder}/serial
signer_cert={folder}/signer.pem
signer_key={folder}/signer.key
certs={folder}/certs.pem
default_policy=1.2.3.4.1
digests=sha256,sha384,sha512
signer_digest={digest}
accuracy=secs:1
ordering=no
tsa_name=yes
ess_cert_id_alg=sha256
"""


class Authority:
    """`certs` of the answer hold the root beside the signer, so that the set is as openssl leaves it: unsorted or not."""

    def __init__(self, folder: Path, *, key: str = "rsa:2048", digest: str = "sha256", days: int = 3000) -> None:
        if shutil.which("openssl") is None:
            pytest.skip("needs openssl")
        folder.mkdir(parents=True)
        self.folder, self.root = folder, folder / "root.pem"
        (folder / "configuration").write_text(CONFIGURATION.format(folder=folder, digest=digest))
        new = ["-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{key}"] if key.startswith(("P-", "secp")) else ["-newkey", key]
        config = ["-config", "configuration"]
        self.openssl("req", "-x509", *new, "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "3650", *config)
        self.openssl("req", *new, "-nodes", "-keyout", "signer.key", "-out", "signer.csr", "-subj", "/CN=Test authority", *config)
        issue = ["x509", "-req", "-in", "signer.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", str(days)]
        self.openssl(*issue, "-extfile", "configuration", "-extensions", "signer", "-out", "signer.pem")
        shutil.copyfile(folder / "root.pem", folder / "certs.pem")
        (folder / "serial").write_text("01\n")

    def openssl(self, *arguments: str) -> None:
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def answer(self, request: Path, answer: Path) -> Path:
        self.openssl("ts", "-reply", "-queryfile", str(request), "-config", "configuration", "-section", "authority", "-out", str(answer))
        return answer
