"""Certificates that applications sign in with: made here; only the public half goes to Microsoft."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from saasbackup_desktop.core.errors import Misconfigured

_BITS = 3072


@dataclass(frozen=True, slots=True)
class AppCertificate:
    """A key and its certificate, both as PEM. The key is secret: it lies in the sealed connections and nowhere else."""

    key: str
    certificate: str

    def __repr__(self) -> str:
        return f"AppCertificate({self.thumbprint})"

    @property
    def thumbprint(self) -> str:
        """SHA-256 of the certificate as the portal shows it: hexadecimal, capital letters."""
        return hashlib.sha256(self._der).hexdigest().upper()

    @property
    def short_thumbprint(self) -> str:
        """SHA-1 of the certificate, which is what the portal's list shows first."""
        return hashlib.sha1(self._der, usedforsecurity=False).hexdigest().upper()

    @property
    def name(self) -> str:
        """What its subject is called."""
        return self._read.subject.rfc4514_string()

    @property
    def public_key(self) -> str:
        """The certificate as Graph takes it: DER, base64 in one line."""
        return base64.b64encode(self._der).decode()

    @property
    def expires(self) -> int:
        """Seconds since 1970 UTC."""
        return int(self._read.not_valid_after_utc.timestamp())

    @property
    def public_file(self) -> str:
        """What is uploaded to the application's registration (a .cer file, base64)."""
        return self.certificate

    @property
    def _read(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate.encode())

    @property
    def _der(self) -> bytes:
        lines = [line for line in self.certificate.splitlines() if line and not line.startswith("-")]
        return base64.b64decode("".join(lines))


def make_certificate(name: str, now: int, days: int = 730) -> AppCertificate:
    """Make a key pair and a certificate that it signed itself. ``now``: seconds since 1970 UTC."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    begin = datetime.fromtimestamp(now, UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - timedelta(minutes=10))  # clocks differ
        .not_valid_after(begin + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return AppCertificate(private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode())


def read_certificate(text: str) -> AppCertificate:
    """Read a PEM file that holds a certificate and its RSA key, not locked. Raises Misconfigured."""
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
        key = serialization.load_pem_private_key(text.encode(), None)
    except TypeError as error:
        raise Misconfigured("the key is locked by a passphrase", what="key-locked") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Misconfigured("no certificate with its key", what="bad-certificate") from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key():
        raise Misconfigured("no RSA key, or the key of another certificate", what="other-key")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return AppCertificate(private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode())
