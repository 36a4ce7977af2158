"""A site's own certificate authority, as docs/appliance.md has an administrator make it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)
YEAR = timedelta(days=365)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@dataclass
class Authority:
    """Issues into folders; ``ca.crt`` and ``revoked.crl`` lie in each."""

    key: EllipticCurvePrivateKey
    certificate: x509.Certificate
    began: datetime = NOW - YEAR

    @classmethod
    def new(cls, began: datetime = NOW - YEAR) -> "Authority":
        key = generate_private_key(SECP256R1())
        name = _name("Carewitness test authority")
        builder = _builder(name, name, key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        return cls(key, builder.sign(key, hashes.SHA256()), began)

    def issue(self, folder: Path, stem: str, common: str, address: str = "127.0.0.1") -> x509.Certificate:
        folder.mkdir(parents=True, exist_ok=True)
        key = generate_private_key(SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        builder = _builder(_name(common), self.certificate.subject, key.public_key()).add_extension(
            names, critical=False
        )
        certificate = builder.sign(self.key, hashes.SHA256())
        (folder / f"{stem}.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{stem}.key").write_bytes(private)
        (folder / "ca.crt").write_bytes(self.pem())
        return certificate

    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def signed(self, request: bytes) -> bytes:
        """The certificate that a device's request asks for."""
        asked = x509.load_pem_x509_csr(request)
        key = asked.public_key()
        assert isinstance(key, EllipticCurvePublicKey)
        builder = _builder(asked.subject, self.certificate.subject, key, self.began)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def revoke(self, folder: Path, *revoked: x509.Certificate) -> None:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(NOW - YEAR).next_update(NOW + YEAR)
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(NOW).build()
            builder = builder.add_revoked_certificate(entry)
        (folder / "revoked.crl").write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM))


def _builder(
    name: x509.Name, issuer: x509.Name, key: EllipticCurvePublicKey, began: datetime = NOW - YEAR
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(began).not_valid_after(began + 2 * YEAR)
