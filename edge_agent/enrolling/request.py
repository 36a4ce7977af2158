"""The device's own request as codes of a terminal."""

import io
from pathlib import Path
from typing import Final

import segno
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edge_agent.errors import IdentityError
from edge_agent.identity import Identity
from visit_record.bilingual import Words
from visit_record.code_parts import CodeKind, CodePart, split
from visit_record.request_code import RequestCode, pack_request

# 41 modules a side: with its margin, 25 lines of the 30 that a panel of 800 by 480 shows.
PART_BYTES: Final = 100


def request_document(identity: Identity, csr: Path | None) -> bytes:
    """Who this device is, and the request for its certificate, where there is one.

    Raises:
        IdentityError: the request for the certificate cannot be read.
    """
    names, key = identity.names, identity.key.public_key().public_bytes_raw()
    asked = None if csr is None else _der(csr)
    return pack_request(RequestCode(names.device, names.agency, names.ueid, key, asked))


def request_parts(document: bytes) -> tuple[CodePart, ...]:
    """The parts that are shown, one after the other."""
    return split(CodeKind.REQUEST, document, PART_BYTES)


def drawn(part: CodePart) -> str:
    """A part in half blocks, for a terminal that writes light on dark."""
    lines = io.StringIO()
    segno.make_qr(part.text, error="l", boost_error=False).terminal(out=lines, border=4, compact=True)
    return lines.getvalue()


def _der(csr: Path) -> bytes:
    try:
        return x509.load_pem_x509_csr(csr.read_bytes()).public_bytes(Encoding.DER)
    except (OSError, ValueError) as cause:
        raise IdentityError(
            f"{csr} is no request for a certificate in PEM form: {cause}",
            f"{csr} 不是 PEM 格式的证书请求",
            Words("请给出登记时写出的 .csr", "give the .csr that was written at the enrolment"),
        ) from cause
