"""A server is believed only with a certificate that this machine trusts, and never leads from HTTPS to less."""

import datetime
import ssl
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256 as SHA256_OF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from edge_agent.errors import PullError
from edge_agent.pulling.pull import Pull
from tests.pulling.mirror import Mirror
from tests.pulling.test_pull import CONTENT, ENTRY, NAME

NOW = datetime.datetime.now(datetime.UTC)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 that signs itself, and its key."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(days=1))
        .not_valid_after(NOW + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256_OF())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_server_without_a_trusted_certificate_is_not_believed(tmp_path: Path, tls: ssl.SSLContext) -> None:
    with (
        Mirror({NAME: CONTENT}, tls=tls) as mirror,
        pytest.raises(PullError, match="certificate verify failed") as told,
    ):
        Pull(mirror.url).fetch(ENTRY, tmp_path / ENTRY.file)
    assert "TLS 握手失败，详情见英文" in told.value.said.zh
    assert mirror.asked == []


def test_a_mirror_with_a_certificate_that_the_machine_trusts_is_asked(
    tmp_path: Path, tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Mirror({NAME: CONTENT}, tls=tls) as mirror:
        Pull(mirror.url).fetch(ENTRY, tmp_path / ENTRY.file)
    assert (tmp_path / ENTRY.file).read_bytes() == CONTENT


def test_https_never_leads_on_to_less_not_even_to_this_machine(
    tmp_path: Path, tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Mirror({NAME: CONTENT}) as plain, Mirror({}, tls=tls, leads_to=f"{plain.url}/{NAME}") as mirror:
        with pytest.raises(PullError, match="without https"):
            Pull(mirror.url).fetch(ENTRY, tmp_path / ENTRY.file)
        assert plain.asked == []
