"""What a code said, as the files that a stick would have brought: all of them, or no folder."""

from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from edge_agent.errors import ScanError
from edge_agent.identity import SERVER_KEY_FILE, EnrolmentRequest
from edge_agent.system_words import why_zh
from edge_agent.whole_files import sync_folder, write_whole
from visit_record.bilingual import Words
from visit_record.errors import InvalidCodeError
from visit_record.keys import public_jwk
from visit_record.request_code import RequestCode
from visit_record.site_code import SiteCode
from visit_record.site_lines import SiteName

_NAME_ANOTHER = Words(
    "换一个新的或空的，放在已有的文件夹里", "name one that is new or empty, in a folder that is there"
)


def site_files(code: SiteCode) -> dict[str, bytes]:
    """The files of ``carewitness-enrol``, as far as the code has them.

    Raises:
        InvalidCodeError: what stands for a certificate is none.
    """
    lines = "".join(f"{name}={value}\n" for name, value in code.site.items())
    files = {"site.env": lines.encode(), SERVER_KEY_FILE: msgspec.json.encode(_jwk(code.server_key))}
    chains = {"ca.crt": code.authority, f"{code.site[SiteName.DEVICE]}.crt": code.certificate}
    return files | {name: b"".join(map(_pem, chain)) for name, chain in chains.items() if chain}


def request_files(code: RequestCode) -> dict[str, bytes]:
    """What ``ingest-server devices import`` and an authority take.

    Raises:
        InvalidCodeError: what stands for a request of a certificate is none.
    """
    request = EnrolmentRequest(code.device, code.agency, code.ueid, _jwk(code.key))
    files = {f"{code.device}.request.json": msgspec.json.encode(request) + b"\n"}
    return files | ({f"{code.device}.csr": _csr_pem(code.csr)} if code.csr is not None else {})


def require_free(folder: Path) -> None:
    """Whoever is to show codes learns before it that they could not be kept.

    Raises:
        ScanError: something is there, or the folder around it is not.
    """
    is_taken = any(folder.iterdir()) if folder.is_dir() else folder.exists()
    if is_taken or not folder.absolute().parent.is_dir():
        raise ScanError(f"cannot make {folder}", f"不能新建文件夹 {folder}", _NAME_ANOTHER)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder with these files in it.

    Raises:
        ScanError: it holds something already, or cannot be written; then nothing of it is there.
    """
    try:
        _make_whole(folder, files)
    except OSError as cause:
        raise ScanError(
            f"cannot make {folder}: {cause.strerror}", f"不能新建文件夹 {folder}：{why_zh(cause)}", _NAME_ANOTHER
        ) from cause


def _make_whole(folder: Path, files: Mapping[str, bytes]) -> None:
    fresh = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
    try:
        for name, content in files.items():
            write_whole(fresh / name, content)
        fresh.chmod(0o755)
        # Takes the place of nothing but an empty folder.
        fresh.rename(folder)
    except OSError:
        rmtree(fresh)
        raise
    sync_folder(folder.absolute().parent)


def _jwk(key: bytes) -> dict[str, str]:
    return public_jwk(Ed25519PublicKey.from_public_bytes(key))


def _pem(der: bytes) -> bytes:
    try:
        return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
    except ValueError as cause:
        raise InvalidCodeError(
            f"what the code has for a certificate is none: {cause}",
            "登记码里的证书不能用",
            Words("请管理员重新显示登记码", "let the administrator show the site's code anew"),
        ) from cause


def _csr_pem(der: bytes) -> bytes:
    try:
        request = x509.load_der_x509_csr(der)
    except ValueError as cause:
        raise InvalidCodeError(
            f"what the code has for a request of a certificate is none: {cause}",
            "码里的证书请求不能用",
            Words("请在设备上再显示一次", "show it once more at the device"),
        ) from cause
    # RFC 2986, 3: the signature shows that whoever asks has the key.
    if not request.is_signature_valid:
        raise InvalidCodeError(
            "the request of a certificate is not signed by its own key",
            "证书请求不是用它自己的密钥签名的",
            Words("不要签发", "issue none for it"),
        )
    return request.public_bytes(Encoding.PEM)
